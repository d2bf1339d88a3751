/** What preflight prints for people. */
import { describeDetected } from '#core/formats/detected-type/index.ts';
import { formats } from '#core/formats/registry.ts';
import { toldFacts } from '#core/formats/told-facts.ts';
import { layOutTree, type ReportEntry, type TreeNode } from '#core/inspection-report/index.ts';
import { failures, isWarning, warnings } from '#core/wire/finding/index.ts';
import { findingLines } from '../finding-lines.ts';
import { plain } from '../plain.ts';
import type { Judged } from './judge.ts';

export function describe(judged: Judged): string {
  const refused = failures(judged.findings);
  const others = judged.findings.filter((one) => one.outcome !== 'fail' && !isWarning(one));
  const sections: readonly (readonly [string, readonly string[]])[] = [
    ['Files', treeLines(judged)],
    ['Refused', refused.flatMap((one) => findingLines(one, true))],
    ['Warnings', warnings(judged.findings).flatMap((one) => findingLines(one, true))],
    ['Can’t be told here', judged.untold.flatMap((one) => findingLines(one, true))],
    ['Checked', others.flatMap((one) => findingLines(one, false))],
    ['Order of signing', orderLines(judged)],
    ['Not checked here', judged.notChecked.map((one) => `- ${one}`)],
    ['How it was inspected', [sandboxLine(judged)]],
  ];
  const lines = sections.flatMap(([title, content]) =>
    content.length === 0 ? [] : [title, ...content.map((one) => `  ${one}`), ''],
  );
  return `${[...lines, verdict(judged, refused.length)].map(plain).join('\n')}\n`;
}

function verdict({ passed, file, configuration }: Judged, refused: number): string {
  return passed
    ? `${file} would be signed as ${configuration} says, as far as can be told here.`
    : `${file} would be refused: ${refused === 1 ? '1 reason' : `${refused} reasons`}, above.`;
}

function treeLines({ report }: Judged): readonly string[] {
  const nodes = layOutTree(report.entries);
  const depths: number[] = [];
  return nodes.flatMap((node) => {
    const depth = node.parent === null ? 0 : (depths[node.parent] ?? 0) + 1;
    depths[node.position] = depth;
    const indent = '  '.repeat(Math.min(depth, 40));
    const name = node.parent === null ? report.head.artifact.name : node.name;
    return nodeLines(node, name).map((line) => indent + line);
  });
}

function nodeLines({ entry }: TreeNode, name: string): readonly string[] {
  if (entry === null || entry.type === 'directory') return [`${name}/`];
  const what = entry.detected === null ? '' : `${describeDetected(entry.detected)}, `;
  const refused = entry.refusedBy.length === 0 ? '' : '  REFUSED';
  return [
    `${name}  ${what}${bytes(entry.sizeBytes)}${refused}`,
    ...[...factsOf(entry)].map((line) => `    ${line}`),
  ];
}

function* factsOf(entry: ReportEntry): Generator<string> {
  yield `SHA-256 ${entry.sha256 ?? ''}`;
  const { element, facts, signatures } = entry;
  if (entry.role === 'unexpected') yield 'nothing in the configuration expects it';
  if (entry.role === 'inside')
    yield 'inside a file that the configuration doesn’t open: scanned, never signed';
  if (element !== null) {
    const line = element.line === null ? element.pointer : `${element.line.file}:${element.line.line}`;
    const unsigned = formats[element.type].container === null ? 'not signed' : 'not signed itself';
    const signed = entry.sign === null ? unsigned : `gets signed: ${entry.sign}`;
    yield `${line}  ${formats[element.type].words.one}, ${signed}`;
  }
  const texts = toldFacts(element?.type ?? null, facts?.texts ?? null);
  if (texts.length > 0) yield texts.map(({ words, text }) => `${words}: ${JSON.stringify(text)}`).join(', ');
  for (const signature of signatures ?? []) yield `signed already: ${signatureWords(signature)}`;
  if (signatures === null && facts?.signed === true) yield 'signed already';
  if (entry.rewritten !== undefined)
    yield `written anew after signing: ${entry.rewritten.fields === 1 ? '1 value' : `${entry.rewritten.fields} values`}`;
  for (const rule of entry.warnedBy ?? []) yield `wrong after signing: see Warnings [${rule}]`;
  if (entry.opaque !== null) yield `opaque: ${entry.opaque}`;
  for (const { place, message } of entry.notSeen)
    yield `not seen inside${place === '' ? '' : ` ${place}`}: ${message}`;
  const left = entry.notSeenCount - entry.notSeen.length;
  if (left > 0) yield `not seen inside: ${left} more`;
}

type Signature = NonNullable<ReportEntry['signatures']>[number];

function signatureWords({ method, signer, issuer, signedAt, standing }: Signature): string {
  const by =
    signer === null
      ? 'by whom can’t be read'
      : `by ${signer}${issuer === null ? '' : `, certified by ${issuer}`}`;
  const when = signedAt === null ? '' : `, ${signedAt}`;
  return `${method}, ${by}${when}; ${standing}`;
}

function orderLines({ order, file }: Judged): readonly string[] {
  return order.map(({ path, does, type, method, lists }, at) => {
    const name = path.length === 0 ? file : path.join(' › ');
    const what = {
      rebuild: `rebuilt around what was signed in it (${type})`,
      follow: `written anew, because it lists ${lists.join(', ')}`,
      sign: `signed: ${method ?? type}`,
    }[does];
    return `${at + 1}. ${name}: ${what}`;
  });
}

function sandboxLine({ sandbox }: Judged): string {
  const missing = [
    ...(sandbox.networkNamespace ? [] : ['no network namespace (unshare)']),
    ...(sandbox.memoryLimit ? [] : ['no limit of memory (prlimit)']),
  ];
  const node = 'Node’s permission model and the inspector’s lockdown';
  return missing.length === 0
    ? `In the signer’s sandbox: ${node}, empty namespaces, limits.`
    : `In the signer’s sandbox as far as this machine has one: ${node}; ${missing.join(', ')}.`;
}

function bytes(count: number): string {
  return count === 1 ? '1 byte' : `${count.toLocaleString('en')} bytes`;
}
