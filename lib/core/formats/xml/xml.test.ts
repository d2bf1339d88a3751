import { describe, expect, test } from 'vitest';
import type { XmlMetadata } from '../../generated/index.ts';
import { parseSha256Hex } from '../../ids/index.ts';
import { memorySource } from '../random-access.ts';
import { xmlFormat } from './index.ts';

const about = { path: ['bom.xml'], policy: null, sha256: parseSha256Hex('ab'.repeat(32)) };
const bom = '\ufeff<?xml version="1.0" encoding="utf-8"?><bom xmlns="http://cyclonedx.org/schema/bom/1.5"/>';

async function judge(text: string | Uint8Array, metadata: XmlMetadata | null): Promise<readonly string[]> {
  const { check, problems } = xmlFormat.compile(
    { type: 'xml', ...(metadata === null ? {} : { metadata }) },
    undefined,
  );
  expect(problems).toEqual([]);
  const bytes = Buffer.from(text);
  const context = { ...about, sign: null, check, sizeBytes: bytes.length, carries: [], digestsWanted: false };
  const report = await xmlFormat.inspect(memorySource(bytes), context);
  const rules = report.findings.filter(({ outcome }) => outcome === 'fail').map(({ rule }) => rule);
  if (report.facts !== null) {
    const again = xmlFormat.rejudge(report.facts, { ...about, sign: null, check });
    expect(again.missing).toBeNull();
    expect(again.findings.filter(({ outcome }) => outcome === 'fail').map(({ rule }) => rule)).toEqual(rules);
  }
  return rules;
}

describe('an XML document', () => {
  test.each<[string, string, XmlMetadata | null]>([
    ['anything', bom, null],
    ['its root', bom, { rootElement: 'bom', rootNamespace: 'http://cyclonedx.org/schema/bom/1.*' }],
    [
      'a root with a prefix',
      '<b:bom xmlns:b="urn:b" xmlns="urn:a"/>',
      { rootElement: 'bom', rootNamespace: 'urn:b' },
    ],
  ])('is held to %s', async (_, text, metadata) => {
    expect(await judge(text, metadata)).toEqual([]);
  });

  test.each<[string, string | Uint8Array, XmlMetadata, string]>([
    ['of another root', bom, { rootElement: 'BOM' }, 'xml.metadata'],
    ['of another namespace', bom, { rootNamespace: 'urn:b' }, 'xml.metadata'],
    ['without a namespace', '<bom/>', { rootNamespace: '*' }, 'xml.metadata'],
    [
      'with the namespace on what is inside',
      '<bom><a xmlns="urn:a"/></bom>',
      { rootNamespace: 'urn:a' },
      'xml.metadata',
    ],
    ['that is none', 'bom', { rootElement: 'bom' }, 'xml.unreadable'],
    ['with a document type', '<!DOCTYPE bom><bom/>', { rootElement: 'bom' }, 'xml.unreadable'],
    [
      'in another encoding',
      Buffer.from('<bom>\xff</bom>', 'latin1'),
      { rootElement: 'bom' },
      'xml.unreadable',
    ],
  ])('%s is refused', async (_, text, metadata, rule) => {
    expect(await judge(text, metadata)).toEqual([rule]);
  });

  test('isn’t signed in itself', () => {
    const { problems } = xmlFormat.compile({ type: 'xml', sign: { method: 'xml' } }, undefined);
    expect(problems.map(({ message }) => message)).toEqual([
      'This version of the signer can’t sign XML documents (xml) yet.',
    ]);
  });
});
