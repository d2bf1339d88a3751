// breaks core-does-no-io
import { readFileSync } from 'node:fs';

export const text = readFileSync('/dev/null', 'utf8');
