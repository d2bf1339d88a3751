/** What `npm run dev` is called with. Plain JavaScript: it is looked at before anything is installed. */

export const devUsage = `usage: npm run dev -- [--watch]
  --watch   start the signer's side again whenever its code changes`;

export const devOptions = { watch: { type: 'boolean', default: false } };
