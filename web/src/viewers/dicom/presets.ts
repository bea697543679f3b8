// Windows that readers of CT ask for by name, with the key that brings each.
export const PRESETS = [
  { name: 'lung', key: '1', center: -600, width: 1500 },
  { name: 'mediastinum', key: '2', center: 40, width: 400 },
  { name: 'bone', key: '3', center: 480, width: 2500 },
  { name: 'brain', key: '4', center: 40, width: 80 },
] as const;

export type Preset = (typeof PRESETS)[number];
