/** One range of the journal: DATABASE --range AFTER-LAST, as `npm run journal:verify` starts processes of its own. */
import { openDatabase } from '../../signer/ground/database/index.ts';
import { verifyRange, writeVerdict } from '../../signer/ground/journal/verify-ranges.ts';

const [url = '', , range = ''] = process.argv.slice(2);
const [after = '0', last = '0'] = range.split('-');
const database = openDatabase(url, (error) => {
  throw error;
});
console.log(writeVerdict(await verifyRange(database, { after: BigInt(after), last: BigInt(last) })));
await database.close();
