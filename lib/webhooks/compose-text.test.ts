import { describe, expect, it } from 'vitest';
import { readWebhookBody, webhookBodyBytesMax } from '#core/wire/webhook/index.ts';
import type { WebhookEvent } from '#core/wire/webhook/index.ts';
import { bodyFor } from './compose-text.ts';

const hostile = '<!channel> & <b>"x"</b>\n@room\u202E.zip';

const denied = (name: string, message: string): Extract<WebhookEvent, { type: 'request.denied' }> => ({
  type: 'request.denied',
  timestamp: new Date('2026-11-29T12:00:00Z'),
  data: {
    project: 'zip-demo',
    policy: 'release-signing',
    request: '3e7e7c2e-0e0e-4a0e-8a0e-3e7e7c2e0e0e',
    url: 'https://sign.example/requests/3e7e7c2e-0e0e-4a0e-8a0e-3e7e7c2e0e0e',
    artifact: { name, sha256: 'c'.repeat(64), sizeBytes: 1 },
    submittedBy: 'person:demo-reviewer',
    submittedAt: '2026-11-29T11:00:00.000Z',
    sourceCommit: 'd'.repeat(40),
    outcome: 'denied',
    summary: 'The artifact contains malware.',
    findings: Array.from({ length: 5 }, () => ({ rule: 'scan.clean', message, fix: message })),
  },
});

describe('a message', () => {
  it('of format standard is type, timestamp and data, below the bound whatever is in it', () => {
    const event = denied('ä'.repeat(300), '\u{1F510}'.repeat(450));
    const body = bodyFor('standard', event);
    expect(Buffer.byteLength(body)).toBeLessThan(webhookBodyBytesMax);
    expect(Object.keys(JSON.parse(body) as object)).toEqual(['type', 'timestamp', 'data']);
    expect(readWebhookBody(body)).toEqual(event);
  });

  it('with a member that the contract doesn’t have is never made', () => {
    const event = denied('a.zip', 'x');
    expect(() => bodyFor('standard', { ...event, data: { ...event.data, token: 'x' } } as never)).toThrow();
  });

  it('calls what somebody cancelled, or a newer build replaced, by that; one of before says nothing of it', () => {
    const event = denied('a.zip', 'The request was cancelled.');
    const text = (outcome: 'denied' | 'cancelled' | 'superseded') =>
      bodyFor('slack', { ...event, data: { ...event.data, outcome } });
    expect(text('denied')).toContain('a.zip was refused');
    expect(text('cancelled')).toContain('a.zip was cancelled');
    expect(text('superseded')).toContain('a.zip was replaced by a newer build');
    const { outcome: _, ...before } = event.data;
    const body = JSON.stringify({ ...event, timestamp: event.timestamp.toISOString(), data: before });
    expect(readWebhookBody(body)).toEqual(event);
  });

  it('for Slack escapes what would be a link or a mention', () => {
    const { text } = JSON.parse(bodyFor('slack', denied(hostile, '<https://evil.example|Approve>'))) as {
      text: string;
    };
    expect(text).toContain('&lt;!channel&gt; &amp; &lt;b&gt;');
    expect(text.match(/<[^>]*>/g)).toEqual([`<${denied('', '').data.url}>`]);
  });

  it.each(['slack', 'matrix'] as const)('for %s has one link alone, the portal’s', (format) => {
    const event = denied('www.evil.example', 'Found https://evil.example/approve in it.');
    const texts = Object.values(JSON.parse(bodyFor(format, event)) as Record<string, string>);
    for (const text of texts) {
      expect(new Set(text.match(/https?:\/\/[^\s"<>|]+/g))).toEqual(new Set([event.data.url]));
      expect(text).not.toContain('www.');
      expect(text.replaceAll('\u200B', '')).toContain('https://evil.example/approve');
    }
  });

  it('for Matrix escapes markup, and rings for nobody', () => {
    const { text, html } = JSON.parse(bodyFor('matrix', denied(hostile, '<script>x</script>'))) as {
      text: string;
      html: string;
    };
    expect(`${text}${html}`).not.toContain('@room');
    expect(html.match(/<[^>]*>/g)).toEqual(['<br>', '<br>', `<a href="${denied('', '').data.url}">`, '</a>']);
    expect(text).not.toContain('\u202E');
  });
});
