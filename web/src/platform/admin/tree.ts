// Hospitals in the order of a tree: each below the one above it, with its depth.
import type { Site } from '../api';

export interface Row { site: Site; depth: number }

export function tree(sites: Site[]): Row[] {
  const known = new Set(sites.map((site) => site.id));
  const below = new Map<string, Site[]>();
  for (const site of sites) {
    const above = site.parent && known.has(site.parent) ? site.parent : '';
    below.set(above, [...(below.get(above) ?? []), site]);
  }
  const rows: Row[] = [];
  const seen = new Set<string>();
  const walk = (above: string, depth: number) => {
    for (const site of below.get(above) ?? []) {
      if (seen.has(site.id)) continue;
      seen.add(site.id);
      rows.push({ site, depth });
      walk(site.id, depth + 1);
    }
  };
  walk('', 0);
  // A ring in bad data has no top: still shown.
  for (const site of sites) if (!seen.has(site.id)) rows.push({ site, depth: 0 });
  return rows;
}
