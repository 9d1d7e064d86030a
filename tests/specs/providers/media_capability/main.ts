import { JobStatus, MediaCapability } from 'prizm';
const expected = 'text-to-text text-to-image image-to-image image-to-text text-to-video image-to-video video-to-video video-to-image video-to-audio text-to-audio audio-to-text audio-to-audio text-to-3d image-to-3d'.split(' ');
const values = Object.values(MediaCapability);
console.log(values.length, MediaCapability.TEXT_TO_TEXT, MediaCapability.IMAGE_TO_3D);
console.log(
  expected.every((value) => MediaCapability[value.toUpperCase().replaceAll('-', '_')] === value) &&
    Object.values(JobStatus).sort().join() === 'cancelled,completed,failed,pending,running',
);
