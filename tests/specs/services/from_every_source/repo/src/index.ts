export class Service {
  constructor(public config: { name?: string } = {}) {}
  startService() {}
  stopService() {}
  restartService() {}
  getServiceStatus() {}
  isServiceHealthy() {}
  isServiceRunning() {}
  waitForHealthy() {}
  getDockerComposeService() {}
  getServiceInfo() {
    return { containerName: this.config.name ?? 'unnamed' };
  }
}
