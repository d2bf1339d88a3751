/** What the client of the portal says names options and variables of the command; here the same are inputs. Pure. */

const names: readonly (readonly [said: RegExp, here: string])[] = [
  [/--url or COUNTERSIGN_URL|--url/g, 'the input portal'],
  [/--token or COUNTERSIGN_TOKEN|COUNTERSIGN_TOKEN or --token|COUNTERSIGN_TOKEN/g, 'the input api-token'],
  [/this command of the same version/g, 'this Action of the same version'],
];

export const inInputs = (text: string): string =>
  names.reduce((said, [name, here]) => said.replaceAll(name, here), text);
