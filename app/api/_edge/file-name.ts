/** The name of a submitted file: refused in words for people, who have no API's description at hand. */
import { BadRequest } from './problem.ts';

const lengthMax = 255;

/** Rejects with 400 what is no name that records, archives and downloads can have. */
export function fileNameOf(name: string): string {
  if (name === '') return refuse('The file has no name.');
  if (name.length > lengthMax)
    return refuse(`The file’s name has ${name.length} characters; ${lengthMax} are the most.`);
  if (!/^[^/\\\p{C}]+$/u.test(name))
    return refuse('The file’s name has a slash, a backslash or an invisible character in it.');
  return name;
}

function refuse(message: string): never {
  throw new BadRequest({
    code: 'BODY_INVALID',
    message,
    fix: 'Give the file another name, and send it again.',
  });
}
