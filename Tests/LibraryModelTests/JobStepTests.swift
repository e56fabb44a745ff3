// SPDX-License-Identifier: MIT
import LibraryModel
import Testing

@Suite("A job goes from state to state by the steps there are, and by no others")
struct JobStepTests {
    private static let interruptions: [JobStep.Interruption] = [
        .moreUrgent(job: 7), .held("the queue is paused"), .stalled("the disk is full"), .daemonStopped, .daemonEnded,
        .resumed, .error(code: "busy", detail: "the database is busy", until: Timestamp(nanoseconds: 5)),
    ]
    private static let steps: [JobStep] =
        [.start, .complete, .fail(code: "x", detail: "it broke"), .cancel, .pause, .resume]
        + interruptions.map(JobStep.interrupt)

    @Test func `every pair of a state and a step leads where it should, or nowhere`() {
        let ways: [[JobState]: [String]] = [
            [.queued, .running]: ["job.started"], [.queued, .cancelled]: ["job.cancelled"],
            [.queued, .paused]: ["job.paused"], [.running, .completed]: ["job.completed"],
            [.running, .failed]: ["job.failed"], [.running, .cancelled]: ["job.cancelled"],
            [.running, .paused]: ["job.paused"],
            [.running, .queued]: Array(repeating: "job.queued", count: Self.interruptions.count),
            [.paused, .queued]: ["job.resumed"], [.paused, .cancelled]: ["job.cancelled"],
        ]
        var found: [[JobState]: [String]] = [:]
        for state in JobState.allCases {
            for step in Self.steps {
                if let next = step.next(from: state) { found[[state, next], default: []].append(step.event.rawValue) }
            }
        }
        #expect(found == ways)
    }

    @Test func `nothing leads out of a state that is an end, nor from a state to itself`() {
        for state in JobState.allCases {
            for step in Self.steps {
                #expect(step.next(from: state) != state)
                if state.isTerminal { #expect(step.next(from: state) == nil) }
            }
        }
        #expect(JobState.allCases.filter(\.isTerminal) == [.completed, .cancelled, .failed])
    }

    @Test func `whoever waits for more than its turn says for what, and an error is a warning that says which`() {
        for step in Self.steps {
            let waits = step == .pause || step.next(from: .running) == .queued && step != .interrupt(.resumed)
            #expect((step.reason != nil) == waits, "\(step)")
            #expect(!step.message.isEmpty)
        }
        #expect(JobStep.interrupt(.moreUrgent(job: 7)).reason == "it gave way to job 7")
        #expect(Self.steps.last?.reason == "it is tried again: the database is busy")
        #expect(Self.steps.filter { $0.level == "error" } == [.fail(code: "x", detail: "it broke")])
        #expect(Self.steps.count { $0.level == "warning" } == 2)
    }

    @Test func `who was asked to stop while it was interrupted stops`() {
        for interruption in Self.interruptions {
            let step = JobStep.interrupt(interruption)
            #expect(step.heeding(cancel: true, pause: false) == .cancel)
            #expect(step.heeding(cancel: true, pause: true) == .cancel)
            #expect(step.heeding(cancel: false, pause: true) == .pause)
            #expect(step.heeding(cancel: false, pause: false) == step)
        }
    }

    @Test func `who is to pause goes on where that was taken back, and is cancelled where that came later`() {
        #expect(JobStep.pause.heeding(cancel: false, pause: true) == .pause)
        #expect(JobStep.pause.heeding(cancel: false, pause: false) == .interrupt(.resumed))
        #expect(JobStep.pause.heeding(cancel: true, pause: true) == .cancel)
    }

    @Test func `who has come to its end has ended, whatever was asked`() {
        for step in [JobStep.complete, .fail(code: "x", detail: "it broke"), .cancel] {
            #expect(step.heeding(cancel: true, pause: true) == step)
        }
    }
}
