/** The one comment of ours on a pull request, edited instead of repeated. */
import { isError } from '#core/error/index.ts';
import { GitHostError } from '../error.ts';
import type { GitHost } from '../git-host.ts';
import type { Ask } from './ask.ts';
import { comment, nothing } from './wire.ts';

/** GitHub's limit of a comment is 65,536 characters. */
const bodyCharactersMax = 65_000;
const triesMax = 3;

export function createComments(ask: Ask, appId: number): Pick<GitHost, 'setStickyComment'> {
  /** Only what this app wrote: anyone can put the marker into a comment of their own. */
  const findOurs = async (number: number, hidden: string) => {
    const asked = { issue_number: number };
    const all = await ask.list('GET /repos/{owner}/{repo}/issues/{issue_number}/comments', asked, comment);
    return all.filter((each) => each.appId === String(appId) && each.body.startsWith(hidden));
  };

  return {
    async setStickyComment({ number, marker, body }) {
      if (!/^[a-z0-9-]{1,64}$/.test(marker)) {
        throw new GitHostError('INVALID', `no marker: ${JSON.stringify(marker.slice(0, 80))}`);
      }
      if (body.length > bodyCharactersMax) {
        const message = `the comment has ${body.length} characters; at most ${bodyCharactersMax}: link to the rest`;
        throw new GitHostError('INVALID', message);
      }
      const hidden = `<!-- countersign:${marker} -->\n`;
      const text = `${hidden}${body}`;
      for (let tries = 1; ; tries += 1) {
        const [first, ...others] = await findOurs(number, hidden);
        // Two concurrent writers may have left two.
        for (const { id } of others) await remove(ask, id);
        if (first?.body === text) {
          return { id: first.id, url: first.url, outcome: tries === 1 ? 'unchanged' : 'created' };
        }
        if (first !== undefined) {
          const asked = { comment_id: first.id, body: text };
          const route = 'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}';
          const edited = await ask.write(route, asked, comment);
          return { id: edited.id, url: edited.url, outcome: 'edited' };
        }
        try {
          const asked = { issue_number: number, body: text };
          const route = 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments';
          const made = await ask.write(route, asked, comment, { once: true });
          return { id: made.id, url: made.url, outcome: 'created' };
        } catch (error) {
          // It may have been written and only the answer lost: check before writing a second one.
          if (tries < triesMax && isUncertain(error)) continue;
          throw error;
        }
      }
    },
  };
}

async function remove(ask: Ask, id: string): Promise<void> {
  try {
    const route = 'DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}';
    await ask.write(route, { comment_id: id }, nothing);
  } catch (error) {
    // Someone else removed it first.
    if (!(isError(error, GitHostError) && error.code === 'NOT_FOUND')) throw error;
  }
}

/** Whether the request may have succeeded despite the error. */
export function isUncertain(error: unknown): boolean {
  return isError(error, GitHostError) && (error.code === 'UNAVAILABLE' || error.code === 'PARTIAL');
}
