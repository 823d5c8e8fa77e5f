//! The MLS group of a channel and term (RFC 9420), and the list of what it accepts.

use openmls::framing::errors::MessageDecryptionError;
use openmls::prelude::{
    CredentialType, Extension, ExtensionType, Extensions, GroupContext, GroupId, KeyPackage, LeafNode,
    LeafNodeIndex, LeafNodeParameters, MlsGroup, MlsGroupCreateConfig, MlsMessageIn, MlsMessageOut,
    OpenMlsProvider, PastEpochDeletion, PastEpochDeletionPolicy, ProcessMessageError, ProcessedMessage,
    Proposal, ProtocolMessage, RequiredCapabilitiesExtension, Sender, StagedCommit, UnknownExtension,
    ValidationError, WelcomeError,
};
use openmls_traits::storage::{CURRENT_VERSION, StorageProvider};
use tls_codec::DeserializeBytes as _;

use crate::binding::{Setting, push};
use crate::error::{Local, ReceiveError, Refusal};
use crate::leaf::{BINDING_EXTENSION, CARD_CREDENTIAL, CHANNEL_EXTENSION, Leaf, LeafSecret, capabilities};
use crate::provider::{PAST_EPOCHS, Provider, SUITE, ratchets, wire_format};

/// Makes the group with its convener as the only member.
pub(crate) fn create<S: StorageProvider<CURRENT_VERSION>>(
    provider: &Provider<'_, S>,
    secret: &LeafSecret,
    leaf: &Leaf,
    setting: &Setting,
) -> Result<MlsGroup, Local> {
    let config = MlsGroupCreateConfig::builder()
        .ciphersuite(SUITE)
        .wire_format_policy(wire_format())
        .set_past_epoch_deletion_policy(PastEpochDeletionPolicy::MaxEpochs(PAST_EPOCHS))
        .sender_ratchet_configuration(ratchets())
        .use_ratchet_tree_extension(true)
        .capabilities(capabilities())
        .with_leaf_node_extensions(secret.extensions())
        .map_err(Local::mls)?
        .with_group_context_extensions(context_extensions(setting, &leaf.key)?)
        .build();
    MlsGroup::new_with_group_id(
        provider,
        secret,
        &config,
        GroupId::from_slice(&setting.group),
        secret.credential(&leaf.card),
    )
    .map_err(Local::mls)
}

/// Channel, term and the convener's leaf key, as the group context fixes them.
pub(crate) fn channel_extension(setting: &Setting, convener: &[u8; 32]) -> Vec<u8> {
    let mut bytes = Vec::new();
    push(&mut bytes, b"entente channel v1");
    push(&mut bytes, &setting.channel.0);
    push(&mut bytes, &setting.term.to_be_bytes());
    push(&mut bytes, convener);
    bytes
}

pub(crate) fn channel_extension_of(extensions: &Extensions<GroupContext>) -> Option<&[u8]> {
    extensions.unknown(CHANNEL_EXTENSION).map(|extension| extension.0.as_slice())
}

fn context_extensions(setting: &Setting, convener: &[u8; 32]) -> Result<Extensions<GroupContext>, Local> {
    let required = RequiredCapabilitiesExtension::new(
        &[ExtensionType::Unknown(BINDING_EXTENSION), ExtensionType::Unknown(CHANNEL_EXTENSION)],
        &[],
        &[CredentialType::Other(CARD_CREDENTIAL)],
    );
    let channel = UnknownExtension(channel_extension(setting, convener));
    Extensions::from_vec(vec![
        Extension::RequiredCapabilities(required),
        Extension::Unknown(CHANNEL_EXTENSION, channel),
    ])
    .map_err(Local::mls)
}

pub(crate) fn same_group(id: &GroupId, setting: &Setting) -> bool {
    id.as_slice() == setting.group
}

/// Loads the group from the transaction: never kept between steps.
pub(crate) fn load<S: StorageProvider<CURRENT_VERSION>>(
    storage: &S,
    setting: &Setting,
) -> Result<MlsGroup, Local> {
    MlsGroup::load(storage, &GroupId::from_slice(&setting.group))
        .map_err(Local::mls)?
        .ok_or_else(|| Local("the storage holds no group for this channel".into()))
}

/// What a commit of our own is to do.
pub(crate) enum Commit {
    Update,
    Add(Box<KeyPackage>),
    Remove(LeafNodeIndex),
}

/// Makes a commit and leaves it pending. Gives the commit, and the Welcome of an Add.
pub(crate) fn commit<S: StorageProvider<CURRENT_VERSION>>(
    group: &mut MlsGroup,
    provider: &Provider<'_, S>,
    secret: &LeafSecret,
    what: Commit,
) -> Result<(Vec<u8>, Option<Vec<u8>>), Local> {
    let builder = group.commit_builder().consume_proposal_store(false);
    let builder = match what {
        Commit::Update => builder.force_self_update(true),
        Commit::Add(package) => builder.force_self_update(true).propose_adds([*package]),
        Commit::Remove(index) => builder.propose_removals([index]),
    };
    let bundle = builder
        .leaf_node_parameters(LeafNodeParameters::default())
        .load_psks(provider.storage())
        .map_err(Local::mls)?
        .build(provider.rand(), provider.crypto(), secret, |_| true)
        .map_err(Local::mls)?
        .stage_commit(provider)
        .map_err(Local::mls)?;
    let (commit, welcome, _) = bundle.into_messages();
    Ok((bytes(&commit)?, welcome.as_ref().map(bytes).transpose()?))
}

fn bytes(message: &MlsMessageOut) -> Result<Vec<u8>, Local> {
    message.to_bytes().map_err(Local::mls)
}

/// Reads an MLS message of this group.
pub(crate) fn parse(bytes: &[u8], setting: &Setting) -> Result<ProtocolMessage, Refusal> {
    let message = MlsMessageIn::tls_deserialize_exact_bytes(bytes)
        .map_err(|_| Refusal::Malformed)?
        .try_into_protocol_message()
        .map_err(|_| Refusal::Malformed)?;
    if same_group(message.group_id(), setting) { Ok(message) } else { Err(Refusal::NotAuthentic) }
}

/// Decrypts and verifies a message of this group.
pub(crate) fn process<S: StorageProvider<CURRENT_VERSION>>(
    group: &mut MlsGroup,
    provider: &Provider<'_, S>,
    message: ProtocolMessage,
) -> Result<ProcessedMessage, ReceiveError> {
    group.process_message(provider, message).map_err(|error| match error {
        ProcessMessageError::StorageError(error) => Local::mls(error).into(),
        ProcessMessageError::ValidationError(error) => refusal(&error).into(),
        _ => Refusal::NotAuthentic.into(),
    })
}

fn refusal(error: &ValidationError) -> Refusal {
    match error {
        ValidationError::NoPastEpochData => Refusal::TooLate,
        ValidationError::UnableToDecrypt(MessageDecryptionError::SecretTreeError(error)) => {
            // OpenMLS does not export the type of this error; its variants' names are pinned with
            // its version, and by tests.
            match format!("{error:?}").as_str() {
                "SecretReuseError" => Refusal::Replay,
                "TooDistantInThePast" => Refusal::TooLate,
                "TooDistantInTheFuture" => Refusal::TooFarAhead,
                _ => Refusal::NotAuthentic,
            }
        }
        _ => Refusal::NotAuthentic,
    }
}

pub(crate) fn welcome_error<E: core::fmt::Display>(error: WelcomeError<E>) -> ReceiveError {
    match error {
        WelcomeError::StorageError(error) => Local::mls(error).into(),
        _ => Refusal::BadWelcome.into(),
    }
}

/// What a staged commit does, once it was found to be on the list.
pub(crate) enum Staged {
    Update,
    Add(Box<KeyPackage>),
    Remove(LeafNodeIndex),
}

/// Judges a staged commit of `author` before it is merged: an Add alone, a Remove alone or a path
/// alone; nothing else; and no path that changes signature key, credential, capabilities or `e`.
pub(crate) fn inspect(staged: &StagedCommit, author: &Leaf) -> Result<Staged, Refusal> {
    let mut found = Staged::Update;
    for (place, queued) in staged.queued_proposals().enumerate() {
        found = match queued.proposal() {
            Proposal::Add(add) if place == 0 => Staged::Add(Box::new(add.key_package().clone())),
            Proposal::Remove(remove) if place == 0 => Staged::Remove(remove.removed()),
            _ => return Err(Refusal::ProposalNotAccepted),
        };
    }
    match staged.update_path_leaf_node() {
        Some(node) if author.is(node) => Ok(found),
        Some(_) => Err(Refusal::KeysChanged),
        None => Err(Refusal::ProposalNotAccepted),
    }
}

/// The leaf node of the member who sent a message, if a member sent it.
pub(crate) fn sender_leaf<'a>(group: &'a MlsGroup, sender: &Sender) -> Option<&'a LeafNode> {
    match sender {
        Sender::Member(index) => group.public_group().leaf(*index),
        _ => None,
    }
}

/// Where a leaf stands in the tree.
pub(crate) fn index_of(group: &MlsGroup, leaf: &Leaf) -> Option<LeafNodeIndex> {
    group.members().find(|member| member.signature_key == leaf.key).map(|member| member.index)
}

/// Deletes all past epochs but the latest `keep`.
pub(crate) fn keep_past_epochs<S: StorageProvider<CURRENT_VERSION>>(
    group: &mut MlsGroup,
    provider: &Provider<'_, S>,
    keep: usize,
) -> Result<(), Local> {
    // "Without timestamps" deletes none of ours, all of which have one; the number then counts.
    let policy = PastEpochDeletion::delete_all_without_timestamps().max_past_epochs(keep);
    group.delete_past_epoch_secrets(provider, policy).map_err(Local::mls)
}
