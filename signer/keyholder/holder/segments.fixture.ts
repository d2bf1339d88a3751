/** Appends to a journal with small segments for as long as it lives, and says on stdout what is on disk: to be killed. */
import { KeyHolderJournal } from './journal.ts';

const [path = '', from = '0'] = process.argv.slice(2);
const journal = await KeyHolderJournal.open(path, new Date(), { segmentRecords: 2 });
for (let number = Number(from); ; number += 1) {
  const grantId = number.toString(16).padStart(64, '0');
  await journal.append({ kind: 'signed', grantId, signature: 'AQID' }, new Date());
  process.stdout.write(`${number}\n`);
}
