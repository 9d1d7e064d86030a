//! Networks and volumes.
//!
//! In: names. Out: what the engine says. Side effects: those of the engine.
//!
//! Source: Docker Engine API, `/networks` and `/volumes`.

use std::collections::HashMap;

use bollard::models::{
    EndpointSettings, Network, NetworkConnectRequest, NetworkCreateRequest, NetworkInspect, Volume,
    VolumeCreateRequest,
};
use bollard::query_parameters::{
    ListNetworksOptionsBuilder, ListVolumesOptionsBuilder, RemoveVolumeOptions,
};

use super::Engine;
use super::containers::gone_is_fine;
use super::error::EngineError;

impl Engine {
    /// Creates a network. The engine itself allows several of one name: ask [`Engine::network`] first.
    ///
    /// # Errors
    /// As every call; [`EngineError::is_conflict`].
    pub async fn create_network(&self, request: NetworkCreateRequest) -> Result<(), EngineError> {
        let action = format!("create network {}", request.name);
        self.call(&action, self.docker.create_network(request))
            .await?;
        Ok(())
    }

    /// The network of this name, where there is one.
    ///
    /// # Errors
    /// As every call.
    pub async fn network(&self, name: &str) -> Result<Option<NetworkInspect>, EngineError> {
        let action = format!("inspect network {name}");
        match self
            .read(&action, || self.docker.inspect_network(name, None))
            .await
        {
            Err(error) if error.is_missing() => Ok(None),
            answer => answer.map(Some),
        }
    }

    /// Removes a network. Succeeds if it is gone.
    ///
    /// # Errors
    /// As every call; 403 while containers are connected.
    pub async fn remove_network(&self, name: &str) -> Result<(), EngineError> {
        let call = self.docker.remove_network(name);
        gone_is_fine(self.call(&format!("remove network {name}"), call).await)
    }

    /// Connects a container to one more network.
    ///
    /// # Errors
    /// As every call.
    pub async fn connect_network(
        &self,
        network: &str,
        container: &str,
        settings: EndpointSettings,
    ) -> Result<(), EngineError> {
        let request = NetworkConnectRequest {
            container: container.to_owned(),
            endpoint_config: Some(settings),
        };
        let call = self.docker.connect_network(network, request);
        self.call(&format!("connect {container} to {network}"), call)
            .await
    }

    /// Networks that carry all `labels`.
    ///
    /// # Errors
    /// As every call.
    pub async fn list_networks(&self, labels: &[String]) -> Result<Vec<Network>, EngineError> {
        let filters = HashMap::from([("label", labels.to_vec())]);
        let options = ListNetworksOptionsBuilder::default()
            .filters(&filters)
            .build();
        self.read("list networks", || {
            self.docker.list_networks(Some(options.clone()))
        })
        .await
    }

    /// Creates a volume. Succeeds if it is there.
    ///
    /// # Errors
    /// As every call.
    pub async fn create_volume(&self, request: VolumeCreateRequest) -> Result<(), EngineError> {
        let action = format!(
            "create volume {}",
            request.name.as_deref().unwrap_or_default()
        );
        self.call(&action, self.docker.create_volume(request))
            .await?;
        Ok(())
    }

    /// The volume of this name, where there is one.
    ///
    /// # Errors
    /// As every call.
    pub async fn volume(&self, name: &str) -> Result<Option<Volume>, EngineError> {
        let action = format!("inspect volume {name}");
        match self
            .read(&action, || self.docker.inspect_volume(name))
            .await
        {
            Err(error) if error.is_missing() => Ok(None),
            answer => answer.map(Some),
        }
    }

    /// Removes a volume and what is in it. Succeeds if it is gone.
    ///
    /// # Errors
    /// As every call; 409 while a container has it.
    pub async fn remove_volume(&self, name: &str) -> Result<(), EngineError> {
        let call = self.docker.remove_volume(name, None::<RemoveVolumeOptions>);
        gone_is_fine(self.call(&format!("remove volume {name}"), call).await)
    }

    /// Volumes that carry all `labels`.
    ///
    /// # Errors
    /// As every call.
    pub async fn list_volumes(&self, labels: &[String]) -> Result<Vec<Volume>, EngineError> {
        let filters = HashMap::from([("label", labels.to_vec())]);
        let options = ListVolumesOptionsBuilder::default()
            .filters(&filters)
            .build();
        let found = self
            .read("list volumes", || {
                self.docker.list_volumes(Some(options.clone()))
            })
            .await?;
        Ok(found.volumes.unwrap_or_default())
    }
}
