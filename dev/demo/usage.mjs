/** What `npm run demo` is called with. Plain JavaScript: it is read before anything is installed. */

export const demoUsage = `usage: npm run demo -- [--exit] [--large]
  --exit    do the main job once, then stop everything
  --large   among 500 projects and 5,000 requests, in a folder of its own`;

export const demoOptions = {
  exit: { type: 'boolean', default: false },
  large: { type: 'boolean', default: false },
};
