import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { parseSha256Hex } from '#core/ids/index.ts';
import type { ReportEntry } from '#core/inspection-report/index.ts';
import type { ReportNode } from '../../../lib/inspection-reports/index.ts';
import { ReportTree } from './report-tree.tsx';

const none = { files: 0, toBeSigned: 0, notSeen: 0, unexpected: 0, infected: 0, notScanned: 0 };
const place = { request: '01890a5d-ac96-774b-bcce-b302099a8057', project: 'widget', commit: null };
const entry: ReportEntry = {
  path: ['app/widget.exe'],
  type: 'file',
  role: 'expected',
  sizeBytes: 12_345,
  sha256: parseSha256Hex('ab'.repeat(32)),
  detected: 'pe',
  formats: ['7z archive'],
  element: {
    pointer: '/root',
    type: 'pe',
    line: { file: 'projects/widget/artifacts/release.yaml', line: 7, column: 5 },
  },
  facts: { kind: 'installer', signed: true, texts: { ProductName: '<b>Widget</b>' } },
  signatures: [
    {
      method: 'Authenticode',
      signer: 'Upstream',
      issuer: 'Upstream root',
      certificateSha256: null,
      signedAt: '2026-11-01T00:00:00.000Z',
      standing: 'unverified',
    },
  ],
  scan: { outcome: 'covered', detail: 'a limit was reached' },
  notSeen: [{ place: 'data.7z', format: '7z archive', message: 'It is a 7z archive.' }],
  notSeenCount: 3,
  opaque: 'Made by upstream.',
  sign: 'Authenticode',
  refusedBy: [],
};
const node = (
  position: number,
  parent: number | null,
  last: number,
  more: Partial<ReportNode> = {},
): ReportNode => ({
  position,
  parent,
  last,
  name: `node ${position}`,
  path: `node ${position}`,
  below: none,
  entry: null,
  ...more,
});
const folder = node(1, 0, 3, { below: { ...none, files: 2, notSeen: 1 } });
const files = [node(2, 1, 2, { entry }), node(3, 1, 3, { entry: { ...entry, role: 'unexpected' } })];
const at = node(0, null, 3);
const shown = (isWhole: boolean) =>
  renderToStaticMarkup(
    <ReportTree
      level={{ at, above: [], nodes: isWhole ? [folder, ...files] : [folder], isWhole, next: null }}
      place={place}
    />,
  );

describe('the tree of a report', () => {
  it('opens small folders where they are, and each file with all that is said of it, escaped', () => {
    const html = shown(true);
    for (const said of [
      'Windows program or library (PE); installer; holds: 7z archive',
      'Authenticode of “<bdi>Upstream</bdi>”, issued by “<bdi>Upstream root</bdi>”',
      'not verified',
      '<bdi>data.7z</bdi>: It is a 7z archive.',
      'and 2 more',
      'scanned file by file: a limit was reached',
      '&lt;b&gt;Widget&lt;/b&gt;',
      'release.yaml:7',
      'no element matches it',
      '1 not seen inside',
    ])
      expect(html).toContain(said);
    expect(html.match(/<details/g)).toHaveLength(3);
  });

  it('links to a page of its own for each large folder', () => {
    expect(shown(false)).toContain(`href="/requests/${place.request}/report?at=1"`);
    expect(shown(false)).not.toContain('<details');
  });
});
