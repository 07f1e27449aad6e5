import type { ReactNode } from 'react';
import type { Finding } from '../api/generated/client.ts';
import { Visible } from './visible.tsx';
import { When } from './when.tsx';

/** What a finding was judged by where no single event tells: what was usual before, how much there was, or how far two places are apart. */
export function Comparison({ finding: { baseline, measured, travel, volume } }: { readonly finding: Finding }) {
  return (
    <dl className="pairs pairs-wide">
      {baseline === undefined ? null : (
        <>
          <Row name="Usual until then">
            {baseline.usual.length === 0 ? (
              'nothing'
            ) : (
              <ul className="plain">
                {baseline.usual.map(({ value, days }) => (
                  <li key={value}>
                    <Visible text={value} mono /> <small className="quiet">on {daysOf(days)}</small>
                  </li>
                ))}
              </ul>
            )}
          </Row>
          <Row name="Different values">{String(baseline.known)}</Row>
          <Row name="Watched">
            {baseline.atLeast ? 'at least ' : ''}
            {daysOf(baseline.days)} since <When at={baseline.since} />
          </Row>
        </>
      )}
      {volume === undefined ? null : (
        <>
          <Row name="On this day">
            {number(volume.value, volume.quality)} {volume.what === 'events' ? 'events' : 'different values'}
          </Row>
          <Row name="Most on a day before">{number(volume.most, volume.mostQuality)}</Row>
          <Row name="Compared with">
            {daysOf(volume.days)} since <When at={volume.since} />
          </Row>
          {volume.error === 0 ? null : <Row name="Known to">{`${Math.round(volume.error * 100)}% more or less`}</Row>}
        </>
      )}
      {travel === undefined ? null : (
        <>
          <Row name="First at">
            <Place of={travel.from} /> at <When at={travel.fromTime} />
          </Row>
          <Row name="Then at">
            <Place of={travel.to} /> at <When at={travel.toTime} />
          </Row>
          <Row name="Apart">at least {number(travel.distance)} km</Row>
          <Row name="Speed">{travel.speed === null ? 'at both at once' : `at least ${number(travel.speed)} km an hour`}</Row>
        </>
      )}
      {measured === undefined ? null : <Row name={measuredNames[measured.what]}>{number(measured.value, measured.quality)}</Row>}
    </dl>
  );
}

/** Is there anything to compare with? */
export function isCompared({ baseline, measured, travel, volume }: Finding): boolean {
  return [baseline, measured, travel, volume].some((one) => one !== undefined);
}

const measuredNames = { sum: 'Sum', average: 'Average', median: 'Median', percentile: 'Percentile' } as const;

/** `52.5,13.4,DE` as `52.5, 13.4 (DE)`. */
function Place({ of }: { readonly of: string }) {
  const [latitude = '', longitude = '', country = ''] = of.split(',');
  return <Visible text={`${latitude}, ${longitude}${country === '' ? '' : ` (${country})`}`} />;
}

function Row({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function daysOf(n: number): string {
  return `${n} ${n === 1 ? 'day' : 'days'}`;
}

/** With thousands apart, three digits behind the point at most, and how well it is known. */
function number(value: number, quality: 'exact' | 'at least' | 'approximately' = 'exact'): string {
  const [whole = '', rest] = String(Math.round(value * 1000) / 1000).split('.');
  const apart = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return `${quality === 'exact' ? '' : `${quality} `}${apart}${rest === undefined ? '' : `.${rest}`}`;
}
