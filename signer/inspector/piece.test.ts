import { describe, expect, it } from 'vitest';
import { nameOfPiece, pieceAt, pieceBytesMax, pieceName } from './piece.ts';

describe('a piece of the file that holds the small ones', () => {
  it('is told from a file of its own by its name', () => {
    expect(pieceAt(`/folder/${nameOfPiece(12, 34)}`)).toEqual({
      file: '/folder/small',
      start: 12,
      sizeBytes: 34,
    });
    expect(pieceAt('/folder/00000001.leaf')).toBeNull();
    expect(pieceAt('/folder/small')).toBeNull();
    expect(pieceAt('/folder/small@12+34/00000001.leaf')).toBeNull();
  });

  it.each([nameOfPiece(0, 0), nameOfPiece(2 ** 40, pieceBytesMax)])('is named %s', (name) => {
    expect(name).toMatch(pieceName);
  });

  it.each([
    'small',
    'small@1',
    'small@01+2',
    'small@-1+2',
    '../small@1+2',
    'other@1+2',
    'small@1+100000',
    'small@1+2\n',
  ])('has no name like %j', (name) => {
    expect(name).not.toMatch(pieceName);
  });
});
