import { describe, expect, it } from 'vitest';
import { buildProgram } from '../pe/program.fixture.ts';
import { memorySource } from '../random-access.ts';
import { zip } from '../zip/zip.fixture.ts';
import { describeDetected, detectedTypes, detectType } from './index.ts';

const detect = (bytes: Uint8Array) => detectType(memorySource(bytes));
const text = (value: string) => new TextEncoder().encode(value);
const dos = Buffer.alloc(80);
dos.write('MZ');
dos.writeUInt32LE(0xffffff00, 0x3c);

describe('the type of a file by its content', () => {
  it.each([
    ['empty', new Uint8Array()],
    ['pe', buildProgram()],
    ['dos', dos],
    ['dos', text('MZ and little else')],
    ['elf', text('\x7fELF....')],
    ['java-class', Buffer.from('cafebabe0000003400', 'hex')],
    ['mach-o', Buffer.from('cafebabe0000000200', 'hex')],
    ['zip', zip([{ name: 'a' }])],
    ['der', Buffer.from('3003020105', 'hex')],
    ['data', Buffer.from('3082ffff020105', 'hex')],
    ['script', text('#!/bin/sh\n')],
    ['xml', text('\ufeff<?xml version="1.0"?>')],
    ['html', text('\n<!DOCTYPE html>')],
    ['json', text('{ "name": 1 }')],
    ['text', text('Überall ist Text.')],
    ['text', Buffer.from('fffe480069', 'hex')],
    ['text', text('ü'.repeat(3000)).subarray(0, 5000)],
    ['data', Buffer.from([1, 2, 3, 4, 5, 6, 7, 8, 9])],
    ['data', Buffer.from([0xc3, 0x28])],
  ] as const)('is %s', async (type, bytes) => {
    expect(await detect(bytes)).toBe(type);
  });

  it('can be told of any bytes, however few', async () => {
    for (let length = 0; length < 70; length += 1)
      for (const first of [0x4d5a, 0xcafe, 0x3084, 0x424d, 0x50])
        expect(
          detectedTypes.includes(await detect(Buffer.alloc(length, Buffer.from(first.toString(16), 'hex')))),
        ).toBe(true);
    expect(detectedTypes.map(describeDetected).every((words) => words !== '')).toBe(true);
  });
});
