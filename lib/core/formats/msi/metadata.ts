/** Compares what an installer says of itself with what the configuration requires. */
import type { MsiMetadata } from '../../generated/index.ts';
import { fail, pass, type Finding } from '../../wire/finding/index.ts';
import { matchesText, nearText } from '../match-text.ts';
import { textNames, type MsiTexts } from './texts.ts';

const shownMax = 120;

/** The text comes from a hostile file: shortened, and as JSON so that nothing in it is hidden. */
const show = (text: string): string =>
  JSON.stringify(text.length > shownMax ? `${text.slice(0, shownMax)}…` : text);

/** One finding for each key. */
export function checkMetadata(
  metadata: MsiMetadata,
  texts: MsiTexts,
  about: Partial<Pick<Finding, 'policy' | 'path' | 'sha256'>>,
): readonly Finding[] {
  return (Object.entries(metadata) as [keyof MsiMetadata, string][]).map(([key, pattern]) => {
    const name = textNames[key];
    const said = texts.get(name) ?? null;
    const shared = {
      ...about,
      rule: 'msi.metadata',
      expected: `${name} ${show(pattern)}`,
      found: said === null ? 'nothing' : show(said),
    };
    if (said !== null && matchesText(pattern, said))
      return pass({ ...shared, message: `The installer’s ${name} matches the configuration.` });
    const where = name === 'Subject' || name === 'Author' ? 'summary information' : 'Property table';
    return fail({
      ...shared,
      message: `The installer ${said === null ? `states no ${name}` : `states ${name} ${show(said)}`}; ${show(pattern)} is required.${nearText(pattern, said)}`,
      fix: `Set ${name} in the installer’s ${where}, or change \`metadata.${key}\`.`,
    });
  });
}
