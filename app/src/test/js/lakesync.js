// Writes a file as LakeSync's own writer does, with the libraries that it uses: node lakesync.js FILE
// Booleans are 0 and 1, and a key of the footer lists their columns. src/test/resources/lakesync.parquet was made so.
import { writeFileSync } from 'node:fs'
import { Float64, Int64, Int8, Table, Utf8, tableToIPC, vectorFromArray } from 'apache-arrow'
import { Compression, Table as WasmTable, WriterPropertiesBuilder, writeParquet } from 'parquet-wasm'

const columns = {
  op: vectorFromArray(['INSERT', 'UPDATE', 'DELETE'], new Utf8()),
  table: vectorFromArray(['todos', 'todos', 'todos'], new Utf8()),
  rowId: vectorFromArray(['r1', 'r1', 'r2'], new Utf8()),
  clientId: vectorFromArray(['c', 'c', 'c'], new Utf8()),
  hlc: vectorFromArray([111411200000065536n, 111411200000131072n, 111411200000196608n], new Int64()),
  deltaId: vectorFromArray(['a', 'b', 'c'], new Utf8()),
  title: vectorFromArray(['Buy milk', null, null], new Utf8()),
  completed: vectorFromArray([0, 1, null], new Int8()),
  priority: vectorFromArray([1, null, null], new Float64()),
}
const properties = new WriterPropertiesBuilder()
  .setCompression(Compression.SNAPPY)
  .setKeyValueMetadata(new Map([['lakesync:bool_columns', JSON.stringify(['completed'])]]))
  .build()
writeFileSync(process.argv[2], writeParquet(WasmTable.fromIPCStream(tableToIPC(new Table(columns), 'stream')), properties))
