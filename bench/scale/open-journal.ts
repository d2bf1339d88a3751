/** A process that opens a journal as the keyholder does, looks up grants and places, and says what that took. */
import { createHash } from 'node:crypto';
import { KeyHolderJournal } from '../../signer/keyholder/holder/journal.ts';
import { ms, peakMiB } from './stand.ts';

const [path = '', count = '1'] = process.argv.slice(2);
const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
const start = performance.now();
const journal = await KeyHolderJournal.open(path, new Date());
const opened = performance.now() - start;
const lookUps = 2000;
const binding = { toBeSignedSha256: hash('bytes'), keyLabel: 'none' };
const newStart = performance.now();
for (let number = 0; number < lookUps; number += 1) {
  if ((await journal.findSignature(hash(`new grant ${number}`))) !== null) throw new Error('found');
  if (await journal.isBoundToOther(hash(`new slot ${number}`), binding)) throw new Error('bound');
}
const fresh = (performance.now() - newStart) / lookUps;
const oldStart = performance.now();
for (let number = 0; number < lookUps; number += 1) {
  const old = Math.floor((number / lookUps) * Number(count));
  if ((await journal.findSignature(hash(`grant ${old}`))) === null) throw new Error(`lost ${old}`);
  if (!(await journal.isBoundToOther(hash(`slot ${old}`), binding))) throw new Error(`unbound ${old}`);
}
const old = (performance.now() - oldStart) / lookUps;
await journal.close();
console.log(
  `opened in ${ms(opened)}, at most ${peakMiB()} MiB; a new grant is looked up in ${fresh.toFixed(3)} ms, an old one in ${old.toFixed(3)} ms`,
);
