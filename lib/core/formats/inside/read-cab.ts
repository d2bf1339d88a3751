/** Cabinets: what the reader of the format gives, to be looked at. */
import { showName, type UnpackBudget } from '../archive/index.ts';
import { openCab } from '../cab/index.ts';
import { readExactly, type RandomAccessSource } from '../random-access.ts';
import type { Account, InnerFile } from './inner-file.ts';

/** `isPart`: the cabinet stands inside a file, and whatever follows it is no matter. */
export async function* readCab(
  source: RandomAccessSource,
  budget: UnpackBudget,
  isPart: boolean,
  account: Account,
): AsyncGenerator<InnerFile> {
  let index = 0;
  for await (const { path, content } of openCab(source, budget, { isPart })) {
    index += 1;
    yield { name: path === '' ? `file ${index}` : showName(path).slice(1, -1), closed: null, content };
  }
  // cbCabinet, [MS-CAB] §2.3.1: the reader has accounted for all of it.
  account(0, Buffer.from(await readExactly(source, 8, 4)).readUInt32LE(0));
}
