/** Names and contents that archives of all formats are drawn from. */
import type { Random } from './random.ts';

export const longName = `${'folder-of-some-length/'.repeat(7)}file`;
const veryLongName = `${'f'.repeat(90)}/${'g'.repeat(120)}/${'h'.repeat(60)}`;

const plain = [
  'a',
  'b.txt',
  'c.exe',
  'd/e',
  'd/f/g.dll',
  './h',
  'i j',
  'naïve.txt',
  '日本/語',
  '😀.txt',
  'k'.repeat(100),
  `l/${'m'.repeat(98)}`,
  longName,
  veryLongName,
] as const;
const odd = [
  ...[
    'f;1',
    'f;',
    'd;2/e',
    '._a',
    '._',
    'd/._a',
    '__MACOSX/._a',
    'BZh91AY&SY',
    'MSCF',
    '070707',
    '#mtree',
    'begin 644 x',
  ],
  ...[
    'nul',
    'CON.txt',
    'x.',
    'x ',
    ' x',
    '..',
    '.',
    './',
    '../x',
    '/x',
    '//x',
    'a//b',
    'a/./b',
    'a/../b',
    'a/',
    'A',
    'a:b',
    'c:x',
    'a\\b',
    '\\x',
  ],
  ...[
    'nai\u0308ve.txt',
    'NAÏVE.TXT',
    '\uf03a',
    '\uf05c',
    '\u202ex',
    '\u2215',
    '\u2024\u2024',
    '\uff0e',
    'ﬁ',
    'fi',
    'ſ',
    's',
    'K',
    'k',
    '\u0130',
    'i',
  ],
  ...[
    '-rf',
    '--help',
    '@x',
    '*',
    '?',
    '[x]',
    '~',
    '~root',
    '$HOME',
    '%41',
    '!x',
    '=x',
    '#x',
    '`x`',
    "'x'",
    '"x"',
    'x\ty',
    'x\ny',
    'x\x7fy',
    '{x}',
    'x&y',
    'x|y',
    '(x)',
    'x^y',
    'x,y',
    '\u00a0',
    'PROGRA~1',
    'x~1.txt',
    'desktop.ini',
    'z'.repeat(256),
  ],
] as const;

/** A name, with a slash at its end for a folder, most of the time. */
export function drawName(random: Random, isFolder: boolean): string {
  const name: string = random.chance(0.92) ? random.pick(plain) : random.pick(odd);
  return isFolder !== random.chance(0.01) ? `${name}/` : name;
}

/** Sizes around the limits where formats change their encoding, or what `within` makes. */
export function drawContent(random: Random, within: (random: Random) => Buffer): Buffer {
  if (random.chance(0.3)) return within(random);
  const length = random.pick([0, 1, 2, 9, 100, 511, 512, 513, 1024, 1500, 3000]);
  return random.chance(0.5) ? random.bytes(length) : Buffer.alloc(length, 'text \n');
}
