import { buildProgram, peOffset } from './program.fixture.ts';

/** Records and names as GNU ld writes them; long names are among the names. */
export function symbolTable(names: readonly string[]): Buffer {
  const records = names.map(() => Buffer.alloc(18));
  let texts = '';
  for (const [index, name] of names.entries()) {
    const record = records[index] ?? Buffer.alloc(18);
    if (name.length > 8) {
      record.writeUInt32LE(4 + texts.length, 4);
      texts += `${name}\0`;
    } else record.write(name, 'latin1');
    record.writeInt16LE(1, 12);
    record[16] = 2;
  }
  const size = Buffer.alloc(4);
  size.writeUInt32LE(4 + texts.length);
  return Buffer.concat([...records, size, Buffer.from(texts, 'latin1')]);
}

/** A program with a symbol table behind its sections, which its header names. */
export function unstripped(
  table: Buffer,
  { start, count }: { readonly start?: number; readonly count?: number } = {},
): Buffer {
  const program = Buffer.from(buildProgram());
  program.writeUInt32LE(start ?? program.length, peOffset + 12);
  program.writeUInt32LE(count ?? countOf(table), peOffset + 16);
  return Buffer.concat([program, table]);
}

/** As many records as there are before the names' size fits what is left. */
function countOf(table: Buffer): number {
  for (let at = 0; at + 4 <= table.length; at += 18)
    if (table.readUInt32LE(at) === table.length - at) return at / 18;
  return 3;
}
