/**
 * The part of Prizm's provider interface that this repo implements.
 * A provider needs no dependency on Prizm: it is checked by shape when it is loaded.
 */
export type Capability = 'text-to-audio' | 'text-to-image';

export interface ProviderConfig {
  timeout?: number;
  [setting: string]: unknown;
}

export interface Media {
  data: Buffer;
  mimeType: string;
  extension: string;
  /** Pixels; pictures only. */
  width?: number;
  height?: number;
  /** Seconds; sound only. */
  duration?: number;
  /** Writes the bytes, making missing folders, and gives the absolute path. */
  toFile(path: string): Promise<string>;
}

export interface Model {
  id: string;
  name: string;
  description: string;
  capabilities: Capability[];
  parameters: Record<string, unknown>;
  transform(text: string, parameters?: Record<string, unknown>): Promise<Media>;
}

export interface Health {
  status: 'healthy' | 'unhealthy';
  uptime: number;
  activeJobs: number;
  queuedJobs: number;
  lastError?: string;
}
