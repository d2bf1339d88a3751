/** How a missing certificate of a project is issued: the commands that operators run on the signer's host, with their own files. */
import type { Publisher } from './standing/index.ts';

export const issueCommand = 'npm run issue -- --ceremony ceremony.yaml --signer signer.yaml';
export const importCommand = 'npm run ceremony -- import --config ceremony.yaml --certificate answer.pem';

/** Sentences. The foundation issues no certificate in a project's name: the project orders that from its own certification authority. */
export const howIssued: Readonly<Record<Publisher, string>> = {
  foundation: `The foundation issues it, on the signer’s host: ${issueCommand}.`,
  project: `It is the project’s own, so the foundation can’t issue it. A key ceremony makes the next key (\`generation\` in ceremony.yaml) and a request; the project has its authority sign that; the foundation imports the answer, on the signer’s host: ${importCommand}.`,
};
