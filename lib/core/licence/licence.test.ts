import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import parseExpression from 'spdx-expression-parse';
import { deprecatedLicences, osiApproved, osiApprovedDeprecated } from '../generated/osi-licences.ts';
import { replacementsOf } from './near-licences.ts';
import {
  isOsiApprovedId,
  licenceCharactersMax,
  licenceProblem,
  nearLicences,
  readLicence,
  unapprovedAlternatives,
} from './index.ts';

const words = (text: string): string => {
  const problem = licenceProblem(text);
  return problem === null ? 'fine' : `${problem.message} ${problem.fix}`;
};

describe('the list of approved licences', () => {
  it('contains well-known approved licences, and none that only call themselves open', () => {
    for (const id of ['MIT', 'Apache-2.0', 'GPL-3.0-or-later', 'MPL-2.0', 'Python-2.0', 'GPL-3.0', 'mit']) {
      expect([id, isOsiApprovedId(id)]).toEqual([id, true]);
    }
    for (const id of [
      'BUSL-1.1',
      'SSPL-1.0',
      'Elastic-2.0',
      'CC-BY-4.0',
      'CC0-1.0',
      'BSD-4-Clause',
      'JSON',
      'PSF-2.0',
    ]) {
      expect([id, isOsiApprovedId(id)]).toEqual([id, false]);
    }
  });

  it('has only ids that expressions can contain', () => {
    for (const [id] of [...osiApproved, ...osiApprovedDeprecated]) {
      expect(parseExpression(id)).toEqual({ license: id });
    }
    expect(osiApproved.filter(([id]) => deprecatedLicences.includes(id))).toEqual([]);
  });

  it('accepts every licence on it that SPDX hasn’t replaced', () => {
    expect(osiApproved.filter(([id]) => licenceProblem(id) !== null)).toEqual([]);
  });
});

describe('an expression', () => {
  it.each([
    'MIT',
    ' Apache-2.0 ',
    'Apache-2.0 OR MIT',
    '(MIT AND BSD-3-Clause) OR GPL-2.0-or-later',
    'GPL-2.0-only WITH Classpath-exception-2.0',
    'MIT OR LicenseRef-Commercial',
    'MIT OR BUSL-1.1',
    'Apache-2.0+',
  ])('%s is taken', (text) => {
    expect(words(text)).toBe('fine');
  });

  it.each([
    ['BUSL-1.1', 'hasn’t approved BUSL-1.1'],
    ['MIT AND BUSL-1.1', 'hasn’t approved BUSL-1.1'],
    ['MIT AND (Elastic-2.0 OR SSPL-1.0)', 'hasn’t approved Elastic-2.0, SSPL-1.0'],
    ['(MIT OR Apache-2.0) AND LicenseRef-Ours', 'hasn’t approved LicenseRef-Ours'],
    ['BUSL-1.1 OR Elastic-2.0', 'hasn’t approved BUSL-1.1, Elastic-2.0'],
    ['DocumentRef-a:LicenseRef-b', 'hasn’t approved DocumentRef-a:LicenseRef-b'],
    ['BUSL-1.1 WITH Classpath-exception-2.0', 'hasn’t approved BUSL-1.1'],
  ])('%s is refused as a whole, by the part that isn’t approved', (text, said) => {
    expect(words(text)).toContain(said);
  });

  it.each([
    ['GPL3', 'Did you mean GPL-3.0-only or GPL-3.0-or-later?'],
    ['GNU GPL v3', 'Did you mean GPL-3.0-only or GPL-3.0-or-later?'],
    ['GPLv2+', 'Did you mean GPL-2.0-or-later?'],
    ['GPL 3 or later', 'Did you mean GPL-3.0-or-later?'],
    ['GPL-3.0', 'SPDX has replaced “GPL-3.0”. Write GPL-3.0-only or GPL-3.0-or-later'],
    ['LGPL-2.1+', 'Write LGPL-2.1-or-later.'],
    ['GPL-2.0-with-classpath-exception', 'GPL-2.0-or-later WITH Classpath-exception-2.0'],
    ['mit', 'Did you mean MIT?'],
    ['Apache License, Version 2.0', 'Did you mean Apache-2.0?'],
    ['Apche-2.0', 'Did you mean Apache-2.0?'],
    ['Eclipse Public License', 'Did you mean EPL-2.0 or EPL-1.0?'],
    ['MIT/Apache-2.0', 'Write MIT OR Apache-2.0 where they choose, MIT AND Apache-2.0 where all apply.'],
    ['mit or apache-2.0', 'Did you mean MIT OR Apache-2.0?'],
    ['MIT or Apache-2.0', '“or” has to be in capitals. Write MIT OR Apache-2.0.'],
    ['MIT OR GPL3', '“GPL3” is not a licence on SPDX’s list. Did you mean GPL-3.0-only or GPL-3.0-or-later?'],
    ['MIT WITH something', '“something” is not an exception on SPDX’s list.'],
    ['(MIT', 'brackets come in pairs'],
    ['MIT MIT', 'is not a licence expression'],
    ['MIT WITH', 'is not a licence expression'],
    ['ORMIT', '“ORMIT” is not a licence on SPDX’s list.'],
    ['free <b>software</b>', 'is not a licence on SPDX’s list'],
    ['NONE', 'is not a licence on SPDX’s list'],
    ['', 'The licence is missing.'],
  ])('%j is refused with what is wrong and what was probably meant', (text, said) => {
    expect(words(text)).toContain(said);
  });

  it('with a replaced id is accepted in a policy, and its present id is suggested', () => {
    expect(licenceProblem('GPL-3.0', { replaced: 'accepted' })).toBeNull();
    expect(licenceProblem('BSD-2-Clause-NetBSD', { replaced: 'accepted' })).not.toBeNull();
    expect(readLicence('MIT OR GPL-2.0+')).toMatchObject({
      replaced: [{ id: 'GPL-2.0+', instead: ['GPL-2.0-or-later'] }],
    });
    for (const id of deprecatedLicences) {
      for (const instead of replacementsOf(id, false))
        expect(readLicence(instead)).toMatchObject({ replaced: [] });
    }
  });

  it('lists the alternatives to an approved licence', () => {
    const beside = (text: string) => {
      const read = readLicence(text);
      return read.ok ? unapprovedAlternatives(read.expression) : null;
    };
    expect(beside('GPL-3.0-only OR LicenseRef-Commercial')).toEqual(['LicenseRef-Commercial']);
    expect(beside('MIT AND (GPL-3.0-only OR BUSL-1.1)')).toEqual(['BUSL-1.1']);
    expect(beside('MIT OR Apache-2.0')).toEqual([]);
    expect(beside('BUSL-1.1 AND MIT')).toEqual([]);
  });

  it('has an end: a longer one isn’t read, and deep brackets cost nothing', () => {
    expect(words(`${'('.repeat(200)}MIT`)).toContain(`at most ${licenceCharactersMax} characters`);
    expect(words(`${'('.repeat(55)}MIT${')'.repeat(55)}`)).toBe('fine');
  });

  it('is accepted or refused whatever is typed, and every suggestion would be accepted', () => {
    const parts = [
      'MIT',
      'GPL3',
      'gpl',
      'OR',
      'or',
      'AND',
      'WITH',
      '(',
      ')',
      '+',
      ':',
      ',',
      'LicenseRef-x',
      'BSD',
      'Apache 2',
    ];
    const typed = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 140 }),
      fc.array(fc.constantFrom(...parts), { maxLength: 8 }).map((some) => some.join(' ')),
    );
    fc.assert(
      fc.property(typed, (text) => {
        const problem = licenceProblem(text);
        if (problem !== null) expect(problem.message.length * problem.fix.length).toBeGreaterThan(0);
        for (const suggestion of nearLicences(text)) expect(licenceProblem(suggestion)).toBeNull();
      }),
    );
  });
});
