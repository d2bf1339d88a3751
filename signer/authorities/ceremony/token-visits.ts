/** Tokens, opened one after the other, with the environment that their module reads. */
import { locatePkcs11Module } from '../../keyholder/index.ts';
import { checkApprovedToken, Pkcs11Token, readPin } from '../../keyholder/token/index.ts';
import { tokensOf, type CeremonyConfig, type TokenRole } from '../ceremony-config/index.ts';

/** Opens each in turn, lets `visit` work with it, and closes it, whatever happens → path of the module. */
export async function visitTokens(
  config: CeremonyConfig,
  roles: readonly TokenRole[],
  visit: (role: TokenRole, token: Pkcs11Token, module: string) => Promise<void>,
  {
    readWrite,
    needs = () => true,
  }: {
    readonly readWrite: boolean;
    /** Whether one of several tokens of a role is opened; the first of them always is. */
    readonly needs?: (role: TokenRole, label: string) => boolean;
  },
): Promise<void> {
  const module = await locatePkcs11Module(config.module ?? null);
  const softHsm = config.softhsmConf === undefined ? {} : { SOFTHSM2_CONF: config.softhsmConf };
  await withEnvironment({ ...config.moduleEnvironment, ...softHsm }, async () => {
    const visited = roles.flatMap((role) => {
      const [first, ...more] = tokensOf(config, role);
      const all = first === undefined ? [] : [first, ...more.filter(({ label }) => needs(role, label))];
      return all.map((token) => ({ role, ...token }));
    });
    for (const { role, label, pin } of visited) {
      const options = { module, tokenLabel: label, pin: await readPin(pin, process.env) };
      const token = Pkcs11Token.open({ ...options, sessions: 1, readWrite });
      try {
        // The log signs with Ed25519, which hashes by itself.
        if (config.fips && role !== 'log') await checkApprovedToken(token);
        await visit(role, token, module);
      } finally {
        await token.close();
      }
    }
  });
}

/** Modules read the path of their configuration from the environment when they're initialised. */
async function withEnvironment(
  variables: Readonly<Record<string, string>>,
  run: () => Promise<void>,
): Promise<void> {
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, variables);
  try {
    await run();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
  }
}
