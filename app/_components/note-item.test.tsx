import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import type { TraceNote } from '../../lib/requests/index.ts';
import { NoteItem } from './note-item.tsx';

const shown = (kind: string, asked: TraceNote['asked'] = null): string =>
  renderToStaticMarkup(
    <NoteItem
      note={{ seq: 7n, at: new Date(0), kind, facts: [['path', 'widget.zip!/widget.exe']], asked }}
    />,
  );

describe('an entry of the journal', () => {
  it('is described if its name and step don’t say what it is', () => {
    expect(shown('signature.recovered')).toMatch(
      /a restored database had lost every trace of it.*widget\.exe/,
    );
    expect(shown('sign.done')).toMatch(/^<div[^>]*><p class="text-sm/);
  });

  it('shows in lines what a host answered, keeps the rest of it folded, and everything else in sight', () => {
    const asked = {
      api: 'https://api.github.com',
      answers: [
        {
          question: 'run',
          path: '/x',
          at: '2026-11-30T09:12:03.004Z',
          status: 200,
          sha256: null,
          outcome: 'told' as const,
          said: '{"conclusion":"success"}',
          problem: null,
        },
      ],
    };
    expect(shown('host.asked', asked)).toMatch(
      /conclusion success.*09:12:03 UTC.*<details[^>]*><summary.*widget\.exe/,
    );
    expect(shown('sign.done')).not.toContain('details');
  });
});
