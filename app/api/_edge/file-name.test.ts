import { expect, it } from 'vitest';
import { fileNameOf } from './file-name.ts';

it.each(['a.zip', '<b>.zip', 'ä ö.exe', 'n'.repeat(255)])('takes %s', (name) => {
  expect(fileNameOf(name)).toBe(name);
});

it.each(['', 'n'.repeat(256), 'a/b.zip', 'a\\b.zip', 'a\nb.zip', 'a\0.zip', 'a\u202e.zip', '\ud800'])(
  'refuses %j, in words that say what to do',
  (name) => {
    expect(() => fileNameOf(name)).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(/^The file[^✖]*[.]$/u) as string,
        fix: 'Give the file another name, and send it again.',
      }) as Error,
    );
  },
);
