/** Licences by the sentences that everybody knows them by: a hint for reviewers, and no more. */
import { readLicence, licencesOf } from '#core/licence/index.ts';

const sentences: readonly (readonly [id: string, pattern: RegExp])[] = [
  ['Commons-Clause', /commons clause/i],
  ['BUSL-1.1', /business source license/i],
  ['SSPL-1.0', /server side public license/i],
  ['Elastic-2.0', /elastic license/i],
  ['PolyForm', /polyform \w{1,20} license/i],
  ['FSL', /functional source license/i],
  ['CC-BY-NC', /attribution-?noncommercial/i],
  ['AGPL-3.0', /gnu affero general public license.{0,80}version 3/i],
  ['LGPL-3.0', /gnu lesser general public license.{0,80}version 3/i],
  ['LGPL-2.1', /gnu lesser general public license.{0,80}version 2\.1/i],
  ['GPL-3.0', /gnu general public license.{0,80}version 3/i],
  ['GPL-2.0', /gnu general public license.{0,80}version 2/i],
  ['Apache-2.0', /apache license,? (?:version )?2\.0|licenses\/license-2\.0|apache license version 2\.0/i],
  ['MPL-2.0', /mozilla public license,? (?:version |v\. ?)?2\.0/i],
  ['EPL-2.0', /eclipse public license\W{1,4}v(?:ersion)? ?2\.0/i],
  [
    'BSD-3-Clause',
    /redistribution and use in source and binary forms.{0,2000}neither the name|^bsd-3-clause/i,
  ],
  ['BSD-2-Clause', /redistribution and use in source and binary forms|^bsd-2-clause/i],
  ['ISC', /permission to use, copy, modify,? and\/or distribute this software|^isc license/i],
  ['MIT', /permission is hereby granted, free of charge|^(?:the )?mit license/i],
  ['Unlicense', /free and unencumbered software released into the public domain/i],
  ['Zlib', /this software is provided 'as-is', without any express or implied warranty/i],
];
const ownTerms =
  /\bend[- ]user licen[cs]e agreement\b|\bproprietary (?:and|software|licen[cs]e)|\bconfidential\b|\bunauthori[sz]ed (?:copying|use|distribution)\b|\bcommercial licen[cs]e\b/i;
const lookedAtMax = 8_000;

/** Ids, or a word for a family; empty: none of those known. */
export function licencesInText(text: string): readonly string[] {
  const plain = text
    .slice(0, lookedAtMax)
    .replaceAll(/[\s*#/;]+/g, ' ')
    .trim();
  const tag =
    /SPDX-License-Identifier: ?([A-Za-z0-9.+() -]{1,120}?)(?= (?:\*|-->|Copyright|SPDX)|$| [a-z])/.exec(
      text
        .slice(0, lookedAtMax)
        .split('\n')
        .find((line) => line.includes('SPDX-License-Identifier'))
        ?.trim() ?? '',
    )?.[1];
  if (tag !== undefined) return familiesOf(tag);
  const found = sentences.find(([, pattern]) => pattern.test(plain))?.[0];
  return found === undefined ? [] : [found];
}

export const hasOwnTerms = (text: string): boolean => ownTerms.test(text.slice(0, lookedAtMax));

/** `GPL-3.0-only OR MIT` → GPL-3.0, MIT: hosts and licence texts don't tell “only” from “or later”. */
export function familiesOf(expression: string): readonly string[] {
  const read = readLicence(expression);
  return read.ok
    ? [...new Set(licencesOf(read.expression).map(({ id }) => familyOf(id)))]
    : [expression.trim()];
}

export const familyOf = (id: string): string => id.replace(/-(?:only|or-later)$|\+$/, '');
