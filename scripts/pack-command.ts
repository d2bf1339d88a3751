/** Packs the countersign command for installing elsewhere: node scripts/pack-command.ts */
import { mkdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { packCommand } from './command/pack.ts';

const output = join(import.meta.dirname, '..', 'dist');
await mkdir(output, { recursive: true });
const file = relative(process.cwd(), await packCommand(output));
console.log(`${file}\n\nInstall it with: npm install --global ./${file}`);
