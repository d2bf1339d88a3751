import { expect, it } from 'vitest';
import { builtCode } from './index.ts';

it('says that what runs from its sources starts sources', () => {
  expect(builtCode('inspector')).toBeNull();
});

it('names the files of a built process, which are in one folder', () => {
  expect(builtCode('keyholder', '/opt/countersign/dist')).toEqual({
    main: '/opt/countersign/dist/keyholder.js',
    files: [
      '/opt/countersign/dist/keyholder.js',
      '/opt/countersign/dist/keyholder.js.map',
      '/opt/countersign/dist/package.json',
    ],
  });
});
