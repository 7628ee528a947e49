package hotline

import "slices"

// An ArchiveReason is one of the official reasons for putting a case away, as EvArchived.Word says it.
type ArchiveReason string

// The official reasons.
const (
	ArchiveUnclear    ArchiveReason = "unclear"
	ArchiveNoEvidence ArchiveReason = "no_evidence"
	ArchiveNotRegency ArchiveReason = "not_regency"
	ArchiveSARA       ArchiveReason = "sara" // stirs up hatred against a people, a faith, a race or a group
	ArchiveWish       ArchiveReason = "wish" // the reporter's
	ArchiveExpired    ArchiveReason = "expired"
)

var archiveReasons = []ArchiveReason{ArchiveUnclear, ArchiveNoEvidence, ArchiveNotRegency, ArchiveSARA, ArchiveWish, ArchiveExpired}

// ArchiveReasons lists them in the order in which they are shown.
func ArchiveReasons() []ArchiveReason { return slices.Clone(archiveReasons) }

// Known tells whether it is one of the official reasons.
func (a ArchiveReason) Known() bool { return slices.Contains(archiveReasons, a) }
