/** One record of an export as two files, written row by row and hashed while written. */
import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import {
  auditFormats,
  auditRecords,
  headOf,
  lineOf,
  type AuditFormat,
  type AuditRecord,
  type AuditRow,
  type DigestedFile,
} from '#core/audit/index.ts';

/** Characters buffered before they are written. */
const heldCharactersMax = 256 * 1024;

export async function writeRecord(
  folder: string,
  record: AuditRecord,
  rows: AsyncIterable<AuditRow>,
): Promise<readonly DigestedFile[]> {
  const { columns } = auditRecords[record];
  const files = await Promise.all(auditFormats.map((format) => AuditFile.create(folder, record, format)));
  try {
    for (const file of files) await file.write(headOf(file.format, columns));
    let count = 0;
    for await (const row of rows) {
      count += 1;
      for (const file of files) await file.write(lineOf(file.format, columns, row));
    }
    return await Promise.all(files.map((file) => file.end(count)));
  } finally {
    for (const file of files) await file.close();
  }
}

class AuditFile {
  readonly format: AuditFormat;
  readonly #name: string;
  readonly #handle: FileHandle;
  readonly #hash = createHash('sha256');
  #held = '';
  #sizeBytes = 0;

  private constructor(name: string, format: AuditFormat, handle: FileHandle) {
    [this.#name, this.format, this.#handle] = [name, format, handle];
  }

  static async create(folder: string, record: AuditRecord, format: AuditFormat): Promise<AuditFile> {
    const name = `${record}.${format}`;
    return new AuditFile(name, format, await open(join(folder, name), 'wx', 0o600));
  }

  async write(text: string): Promise<void> {
    this.#held += text;
    if (this.#held.length > heldCharactersMax) await this.#flush();
  }

  async end(rows: number): Promise<DigestedFile> {
    await this.#flush();
    return { name: this.#name, sha256: this.#hash.digest('hex'), sizeBytes: this.#sizeBytes, rows };
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  async #flush(): Promise<void> {
    const bytes = Buffer.from(this.#held, 'utf8');
    this.#held = '';
    this.#hash.update(bytes);
    this.#sizeBytes += bytes.length;
    await this.#handle.writeFile(bytes);
  }
}
