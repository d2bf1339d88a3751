import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { NoteItem } from './note-item.tsx';

const shown = (kind: string): string =>
  renderToStaticMarkup(
    <NoteItem note={{ seq: 7n, at: new Date(0), kind, facts: [['path', 'widget.zip!/widget.exe']] }} />,
  );

describe('an entry of the journal', () => {
  it('is described if its name and step don’t say what it is', () => {
    expect(shown('signature.recovered')).toMatch(
      /a restored database had lost every trace of it.*widget\.exe/,
    );
    expect(shown('sign.done')).toMatch(/^<div[^>]*><p class="text-sm/);
  });

  it('keeps what a host answered folded, and everything else in sight', () => {
    expect(shown('host.asked')).toMatch(/<details[^>]*><summary.*widget\.exe/);
    expect(shown('sign.done')).not.toContain('details');
  });
});
