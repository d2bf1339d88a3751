import { describe, expect, it } from 'vitest';
import { changed, seed } from '#core/policy/plan/snapshots.fixture.ts';
import { decode } from '#core/policy/seed.fixture.ts';
import { placesOfJob, publishPlaces } from './places.ts';

const issuer = 'https://token.development-build-system.example';
const file = 'projects/zip-demo/policies/release-signing.yaml';
const named = changed({
  [file]: `${decode(seed.get(file) ?? new Uint8Array())}publish: {environment: release}\n`,
});

describe('the project of a job', () => {
  it('is the one whose policy is built from the repository, by an issuer of the app’s host', () => {
    const places = publishPlaces(named, [issuer]);
    const job = { repositoryId: '900100300', environment: 'release' };
    expect(placesOfJob(places, job)).toEqual([
      {
        project: 'zip-demo',
        policy: 'release-signing',
        environment: 'release',
        path: 'countersign-demo/portable-tools',
        repositoryId: '900100300',
      },
    ]);
    expect(placesOfJob(places, { ...job, environment: 'staging' })).toHaveLength(1);
    expect(placesOfJob(places, { ...job, repositoryId: '1' })).toEqual([]);
  });

  it('is none where the same number is of another host', () => {
    expect(publishPlaces(named, ['https://token.actions.githubusercontent.com'])).toEqual([]);
  });

  it('is none of a retired project', () => {
    const project = 'projects/zip-demo/project.yaml';
    const retired = decode(seed.get(project) ?? new Uint8Array()).replace(
      'status: active',
      'status: retired',
    );
    const places = publishPlaces(changed({ [project]: retired }), [issuer]);
    expect(places.some((place) => place.project === 'zip-demo')).toBe(false);
  });
});
