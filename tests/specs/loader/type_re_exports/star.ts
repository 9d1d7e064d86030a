export * from './types';
export * from './index';
