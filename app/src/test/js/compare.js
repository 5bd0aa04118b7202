// Compares how readers see data files: node compare.js FOLDER
//
// Reads every *.parquet file of the folder with hyparquet and with parquet-wasm and apache-arrow, and compares all values
// with each other and with every FILE.NAME.jsonl beside the file: what NAME, another reader, sees, a row a line. Prints a
// line per file, and for each difference its path and both values. Exit code 1 if there is one.
//
// All views have one form, which loses nothing:
//   n123          an integer, or a floating-point number that is one and exactly so
//   f3fb99999...  any other floating-point number: its 64 bits in hex; fNaN for all that are not a number
//   sTEXT         text
//   jTEXT         JSON text: compared as the value that it holds, also with text of a reader that takes it for such
//   b00ff         bytes in hex
//   t123          a time, in nanoseconds since 1970 UTC; one in no time zone as if it were in UTC
//   d123          a day, in days since 1970
//   null, true, false, lists and objects as in JSON; a map is an object too, with its keys as text
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { Type, tableFromIPC } from 'apache-arrow'
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { readParquet } from 'parquet-wasm'

const MAX_DIFFERENCES = 10
const text = new TextDecoder('utf-8', { fatal: true })

const floatBits = new DataView(new ArrayBuffer(8))

function number(value) {
  if (Number.isNaN(value)) return 'fNaN'
  if (Number.isInteger(value) && Math.abs(value) <= 2 ** 53 && !Object.is(value, -0)) return 'n' + value
  floatBits.setFloat64(0, value)
  return 'f' + floatBits.getBigUint64(0).toString(16).padStart(16, '0')
}

const hex = bytes => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex')

// ---- hyparquet -------------------------------------------------------------------------------------------------------

// What a parser made; a class of its own, so that no struct is taken for one.
class Parsed {
  constructor(form) {
    this.form = form
  }

  // Maps of text have it as their keys.
  toString() {
    return this.form.slice(1)
  }
}

const parsed = form => value => value === undefined || value === null ? undefined : new Parsed(form(value))

async function readByHyparquet(path) {
  const file = await asyncBufferFromFile(path)
  const metadata = await parquetMetadataAsync(file)
  const parsers = {
    timestampFromMilliseconds: parsed(millis => 't' + BigInt(millis) * 1000000n),
    timestampFromMicroseconds: parsed(micros => 't' + BigInt(micros) * 1000n),
    timestampFromNanoseconds: parsed(nanos => 't' + nanos),
    dateFromDays: parsed(days => 'd' + days),
    stringFromBytes: parsed(bytes => 's' + text.decode(bytes)),
    jsonFromBytes: parsed(bytes => 'j' + text.decode(bytes)),
  }
  const rows = Number(metadata.num_rows) === 0
    ? []
    : await parquetReadObjects({ file, metadata, compressors, utf8: false, parsers })
  return rows.map(hyparquetValue)
}

function hyparquetValue(value) {
  if (value === undefined || value === null) return null
  if (value instanceof Parsed) return value.form
  if (typeof value === 'boolean') return value
  if (typeof value === 'bigint') return 'n' + value
  if (typeof value === 'number') return number(value)
  if (value instanceof Uint8Array) return 'b' + hex(value)
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return Array.from(value, hyparquetValue)
  if (typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, hyparquetValue(one)]))
  }
  throw new Error('hyparquet gives a ' + typeof value)
}

// ---- parquet-wasm and apache-arrow -----------------------------------------------------------------------------------

function readByArrow(path) {
  const table = tableFromIPC(readParquet(new Uint8Array(readFileSync(path))).intoIPCStream())
  const rows = []
  for (const batch of table.batches) {
    for (let i = 0; i < batch.numRows; i++) rows.push(structValue(batch.data, i))
  }
  return rows
}

function structValue(data, i) {
  return Object.fromEntries(data.type.children.map((field, c) => [field.name, arrowValue(data.children[c], i)]))
}

function listValue(data, i) {
  const list = []
  for (let e = data.valueOffsets[i]; e < data.valueOffsets[i + 1]; e++) list.push(arrowValue(data.children[0], e))
  return list
}

const NANOS = [1000000000n, 1000000n, 1000n, 1n]

// Of the buffers and not of what their getters give: those round times to doubles.
function arrowValue(data, i) {
  if (!data.getValid(i)) return null
  const type = data.type
  const bytes = () => data.values.subarray(Number(data.valueOffsets[i]), Number(data.valueOffsets[i + 1]))
  switch (type.typeId) {
    case Type.Bool:
      return ((data.values[(data.offset + i) >> 3] >> ((data.offset + i) & 7)) & 1) === 1
    case Type.Int:
      return 'n' + data.values[i]
    case Type.Float:
      if (type.precision === 0) throw new Error('half floats are not expected')
      return number(data.values[i])
    case Type.Utf8:
    case Type.LargeUtf8:
      return 's' + text.decode(bytes())
    case Type.Binary:
    case Type.LargeBinary:
      return 'b' + hex(bytes())
    case Type.Timestamp:
      return 't' + data.values[i] * NANOS[type.unit]
    case Type.Date:
      if (type.unit !== 0) throw new Error('dates in milliseconds are not expected')
      return 'd' + data.values[i]
    case Type.Struct:
      return structValue(data, i)
    case Type.List:
      return listValue(data, i)
    case Type.Map:
      return Object.fromEntries(listValue(data, i).map(({ key, value, ...more }) => {
        if (Object.keys(more).length > 0) throw new Error('a map of more than key and value')
        return [keyText(key), value]
      }))
    default:
      throw new Error('apache-arrow gives a ' + type)
  }
}

const keyText = key => typeof key === 'boolean' ? String(key) : key.slice(1)

// ---- comparison ------------------------------------------------------------------------------------------------------

function compare(one, other, path, report) {
  if (Array.isArray(one) && Array.isArray(other)) {
    if (one.length !== other.length) report(path + '.length', one.length, other.length)
    for (let i = 0; i < Math.min(one.length, other.length); i++) compare(one[i], other[i], `${path}[${i}]`, report)
  } else if (isObject(one) && isObject(other)) {
    for (const key of new Set([...Object.keys(one), ...Object.keys(other)])) {
      const inner = path + '.' + key
      if (!Object.hasOwn(one, key)) report(inner, undefined, other[key])
      else if (!Object.hasOwn(other, key)) report(inner, one[key], undefined)
      else compare(one[key], other[key], inner, report)
    }
  } else if (one !== other && !isSameJson(one, other)) {
    report(path, one, other)
  }
}

const isObject = value => typeof value === 'object' && value !== null && !Array.isArray(value)

function isSameJson(one, other) {
  const isText = value => typeof value === 'string' && (value[0] === 'j' || value[0] === 's')
  return isText(one) && isText(other) && (one[0] === 'j' || other[0] === 'j') &&
    isDeepStrictEqual(JSON.parse(one.slice(1)), JSON.parse(other.slice(1)))
}

async function views(folder, file) {
  const path = join(folder, file)
  const all = {}
  for (const name of readdirSync(folder).filter(name => name.startsWith(file + '.') && name.endsWith('.jsonl')).sort()) {
    const lines = readFileSync(join(folder, name), 'utf8').split('\n').filter(line => line !== '')
    all[name.slice(file.length + 1, -'.jsonl'.length)] = () => lines.map(line => JSON.parse(line))
  }
  all.hyparquet = () => readByHyparquet(path)
  all['parquet-wasm'] = () => readByArrow(path)
  return all
}

async function compareFile(folder, file) {
  let differences = 0
  let first
  const names = []
  for (const [name, read] of Object.entries(await views(folder, file))) {
    let rows
    try {
      rows = await read()
    } catch (error) {
      differences++
      console.log(`${file}: ${name} cannot read it: ${error.stack}`)
      continue
    }
    names.push(name)
    if (first === undefined) {
      first = { name, rows }
      continue
    }
    compare(first.rows, rows, '', (path, one, other) => {
      if (++differences <= MAX_DIFFERENCES) {
        console.log(`${file}: row ${path}: ${first.name} ${JSON.stringify(one)}, ${name} ${JSON.stringify(other)}`)
      }
    })
  }
  console.log(`${file}: ${first?.rows.length} rows, ${names.join(' = ')}, ${differences} differences`)
  return differences
}

const folder = process.argv[2]
const files = readdirSync(folder).filter(name => name.endsWith('.parquet')).sort()
if (files.length === 0) throw new Error('no *.parquet in ' + folder)
let differences = 0
for (const file of files) differences += await compareFile(folder, file)
console.log(`${files.length} files, ${differences} differences`)
process.exitCode = differences === 0 ? 0 : 1
