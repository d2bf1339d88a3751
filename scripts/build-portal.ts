/** Builds the portal for production where its inputs changed: node scripts/build-portal.ts */
import { ensurePortalBuild, prepareStackPaths, step } from '../dev/stack/index.ts';

await step('Building the portal', (report) => ensurePortalBuild(prepareStackPaths(), report));
