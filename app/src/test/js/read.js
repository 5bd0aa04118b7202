// Prints the rows of a Parquet file as one JSON array: 64-bit integers and timestamps (in their own unit) as text, bytes
// in hex.
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'

const file = await asyncBufferFromFile(process.argv[2])
const parsers = { timestampFromMicroseconds: micros => micros, timestampFromNanoseconds: nanos => nanos }
const rows = await parquetReadObjects({ file, compressors, utf8: false, parsers })
console.log(
  JSON.stringify(rows, (key, value) => {
    if (value === undefined) return null
    if (typeof value === 'bigint') return value.toString()
    if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
    return value
  })
)
