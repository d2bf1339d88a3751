const subjectCharactersMax = 200;

/** One line: a line break in a subject would be a header of its own. */
export const subjectLine = (text: string): string =>
  text
    .replaceAll(/\p{C}+/gu, ' ')
    .slice(0, subjectCharactersMax)
    .toWellFormed();
