export default {
  viewer: 'Image viewer', tools: 'Tools', series: 'Series', slice: 'Slice', loading: 'Loading images…', none: 'This case has no images yet.', no_name: '(no name)', no_date: 'No date',
  picture: '{{modality}}, {{date}}, slice {{slice}} of {{slices}}',
  window: 'W {{width}} L {{center}}', zoom_at: '{{percent}}%', inverted: 'inverted', images: '{{count}} images', other_patient: 'Patient in the file differs',
  tool: { window: 'Window', scroll: 'Scroll', zoom: 'Zoom', pan: 'Pan' },
  preset: { lung: 'Lung', mediastinum: 'Mediastinum', bone: 'Bone', brain: 'Brain' },
  invert: 'Invert', reset: 'Reset', compare: 'Compare', linked: 'Linked',
  failed: 'The images could not be loaded.', again: 'Try again', no_engine: 'This browser cannot show the images. Please update it.', not_shown: 'This image cannot be shown here', download: 'Download the original file',
  why: {
    'no-pixel-data': 'The file holds no image (a report or annotations, for example). It is kept complete.', 'jpeg-12-bit': 'The file is compressed as 12-bit JPEG Extended, for which there is no decoder here. It is kept complete; download it to open it elsewhere.',
    video: 'The file is a video. It is kept complete; download it to play it.', syntax: 'There is no decoder here for how the file is compressed. It is kept complete; download it to open it elsewhere.',
    'pixel-layout': 'Its pixels (1 bit, 32 bits or floating point) cannot be shown here. The file is kept complete.', 'frames-unclear': 'The file does not say where its frames are, so they cannot be shown one by one. It is kept complete.',
    'pixels-short': 'The file holds fewer pixels than it says. It is kept as it came.', other: 'The file is kept complete; download it to open it elsewhere.',
  },
};
