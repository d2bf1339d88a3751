/** The problems that the portal answers as a page for who writes programs against it, made of their table. */
import {
  problemKind,
  problemsByPlace,
  problemType,
  type ProblemCode,
} from '../../lib/platform/problems/index.ts';

const intro = `# Problems

<!-- Made of the table in lib/platform/problems: npx vitest run dev/reference -u -->

What the portal answers where it can't do what was asked: a problem document (RFC 9457, \`application/problem+json\`). \`type\` is the
address of a page of the portal, \`title\` that of the kind, \`detail\` and \`fix\` are about the case at hand. Programs go by \`code\`, which
stays as it is. [openapi.yaml](../../schemas/openapi.yaml) says which operation answers which. A second status in parentheses is that of
the same in another place, as the meaning says. Why it is so: [decision 0063](../decisions/0063-problems-from-one-table.md).`;

/** → the page, as Markdown that nobody has formatted yet. */
export function problemReference(): string {
  const sections = problemsByPlace.map(({ title, codes }) => `## ${title}\n\n${tableOf(codes)}`);
  return `${[intro, ...sections].join('\n\n')}\n`;
}

function tableOf(codes: readonly ProblemCode[]): string {
  const rows = codes.map((code) => {
    const { status, elsewhere, title, meaning, fix } = problemKind(code);
    const statuses = [status, ...elsewhere.map((other) => `(${other})`)].join(' ');
    return `| \`${code}\` | ${statuses} | \`${problemType(code)}\` | ${title} | ${meaning} | ${fix} |`;
  });
  return [
    '| Code | Status | Type | Title | Meaning | What to do |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}
