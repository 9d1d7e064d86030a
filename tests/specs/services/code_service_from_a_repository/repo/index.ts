export class GpuService {
  constructor(private config: { port: number }) {}
  async startService() {
    return true;
  }
  async stopService() {
    return true;
  }
  async restartService() {
    return true;
  }
  async getServiceStatus() {
    return { running: true, health: 'healthy', state: 'running' };
  }
  async isServiceHealthy() {
    return true;
  }
  async isServiceRunning() {
    return true;
  }
  async waitForHealthy(ms = 120000) {
    return ms > 0;
  }
  getDockerComposeService() {
    return null;
  }
  getServiceInfo() {
    return { containerName: 'from repo', ports: [this.config.port] };
  }
}
