/**
 * Where a download's bytes go: beside the file that it becomes, under a name that says of which bytes it is a part, so that the next
 * attempt goes on there. Devices and pipes are written to directly, and go on only within one attempt.
 */
import { createHash, type Hash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { ClientError } from './error.ts';

export class PartFile {
  readonly path: string;
  readonly #file: string;
  readonly #isDevice: boolean;
  readonly #handle: FileHandle;
  #hash: Hash = createHash('sha256');
  #position = 0;
  #atStart = 0;

  private constructor(file: string, part: string, isDevice: boolean, handle: FileHandle) {
    this.#file = file;
    this.path = part;
    this.#isDevice = isDevice;
    this.#handle = handle;
  }

  static async open(file: string, sha256: string, sizeBytes: number): Promise<PartFile> {
    try {
      const there = await stat(file).catch(() => null);
      const isDevice = there !== null && !there.isFile();
      const part = isDevice
        ? file
        : path.join(path.dirname(file), `.${path.basename(file)}.${sha256.slice(0, 16)}.part`);
      const handle = isDevice ? await open(file, 'w') : await openOwn(part);
      const opened = new PartFile(file, part, isDevice, handle);
      if (!isDevice) await opened.#readBack(sizeBytes);
      return opened;
    } catch (error) {
      throw unwritable(file, error);
    }
  }

  /** How many bytes it has. */
  get position(): number {
    return this.#position;
  }

  /** How many it had when it was opened. */
  get atStart(): number {
    return this.#atStart;
  }

  get isKept(): boolean {
    return !this.#isDevice;
  }

  async append(chunk: Buffer): Promise<void> {
    try {
      const at = this.#isDevice ? null : this.#position;
      for (let done = 0; done < chunk.length;) {
        const { bytesWritten } = await this.#handle.write(
          chunk,
          done,
          chunk.length - done,
          at === null ? null : at + done,
        );
        done += bytesWritten;
      }
    } catch (error) {
      throw unwritable(this.#file, error);
    }
    this.#hash.update(chunk);
    this.#position += chunk.length;
  }

  /** From the first byte again. A device has what it has, and its bytes count as they are. */
  async restart(): Promise<void> {
    if (this.#isDevice) return;
    await this.#handle.truncate(0);
    this.#hash = createHash('sha256');
    this.#position = 0;
    this.#atStart = 0;
  }

  digest(): string {
    return this.#hash.copy().digest('hex');
  }

  /** In its place, whole. */
  async finish(): Promise<void> {
    try {
      await this.#handle.close();
      if (!this.#isDevice) await rename(this.path, this.#file);
    } catch (error) {
      throw unwritable(this.#file, error);
    }
  }

  /** Leaves what came, unless nothing did or `remove` says so. */
  async leave({ remove }: { readonly remove: boolean }): Promise<void> {
    await this.#handle.close().catch(() => undefined);
    if (!this.#isDevice && (remove || this.#position === 0)) await rm(this.path, { force: true });
  }

  async #readBack(sizeBytes: number): Promise<void> {
    const { size } = await this.#handle.stat();
    if (size > sizeBytes) return this.restart();
    for await (const chunk of this.#handle.createReadStream({
      start: 0,
      autoClose: false,
      highWaterMark: 1 << 20,
    })) {
      this.#hash.update(chunk as Buffer);
      this.#position += (chunk as Buffer).length;
    }
    this.#atStart = this.#position;
  }
}

/** Windows has neither flag. */
const { O_RDWR, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants as Partial<typeof constants>;
const asItIs = (O_RDWR ?? 2) | O_NOFOLLOW | O_NONBLOCK;

/**
 * The name of a part can be foreseen: in a folder that others write to, what stands there may be theirs. Through a link another file
 * would be written over, and whoever owns the part could change it after its digest was compared. So what isn't our own plain file goes.
 */
async function openOwn(part: string): Promise<FileHandle> {
  const there = await open(part, asItIs).catch(() => null);
  if (there !== null) {
    const found = await there.stat();
    if (found.isFile() && found.nlink === 1 && found.uid === (process.getuid?.() ?? found.uid)) return there;
    await there.close();
  }
  await rm(part, { force: true });
  return open(part, 'wx+');
}

const unwritable = (file: string, error: unknown): ClientError =>
  error instanceof ClientError
    ? error
    : new ClientError('FILE', `${file} can’t be written: ${(error as Error).message}`, { cause: error });
