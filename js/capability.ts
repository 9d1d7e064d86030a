// The words of the media contracts, as values: `MediaCapability` and `JobStatus`.
//
// Shapes: objects from KEY to word, frozen, in the place of TypeScript enums.

import type * as prizm from "prizm";

export const MediaCapability: typeof prizm.MediaCapability = Object.freeze({
  TEXT_TO_TEXT: "text-to-text",
  TEXT_TO_IMAGE: "text-to-image",
  IMAGE_TO_IMAGE: "image-to-image",
  IMAGE_TO_TEXT: "image-to-text",
  TEXT_TO_VIDEO: "text-to-video",
  IMAGE_TO_VIDEO: "image-to-video",
  VIDEO_TO_VIDEO: "video-to-video",
  VIDEO_TO_IMAGE: "video-to-image",
  VIDEO_TO_AUDIO: "video-to-audio",
  TEXT_TO_AUDIO: "text-to-audio",
  AUDIO_TO_TEXT: "audio-to-text",
  AUDIO_TO_AUDIO: "audio-to-audio",
  TEXT_TO_3D: "text-to-3d",
  IMAGE_TO_3D: "image-to-3d",
});

export const JobStatus: typeof prizm.JobStatus = Object.freeze({
  PENDING: "pending",
  RUNNING: "running",
  COMPLETED: "completed",
  FAILED: "failed",
  CANCELLED: "cancelled",
});
