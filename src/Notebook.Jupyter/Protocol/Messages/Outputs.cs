// Messaging spec, "Messages on the IOPub (PUB/SUB) channel".
using System.Text.Json.Nodes;

namespace Notebook.Jupyter.Protocol.Messages;

/// <summary><c>status</c>: busy before anything a request causes, idle after all of it, starting once.</summary>
internal sealed record StatusContent(string ExecutionState);

/// <summary><c>stream</c>.</summary>
/// <param name="Name"><c>stdout</c> or <c>stderr</c>.</param>
/// <param name="Text">What was written since the last one.</param>
internal sealed record StreamText(string Name, string Text);

/// <summary><c>display_data</c> and <c>update_display_data</c>.</summary>
/// <param name="Data">The value by MIME type.</param>
/// <param name="Metadata">Hints by MIME type.</param>
/// <param name="Transient"><c>display_id</c>, where there is one; never stored in the document.</param>
internal sealed record DisplayData(JsonObject Data, JsonObject Metadata, JsonObject Transient);

/// <summary><c>execute_result</c>.</summary>
internal sealed record ExecuteResult(int ExecutionCount, JsonObject Data, JsonObject Metadata);

/// <summary><c>error</c>.</summary>
internal sealed record ErrorContent(string Ename, string Evalue, IReadOnlyList<string> Traceback);

/// <summary><c>clear_output</c>.</summary>
internal sealed record ClearOutputContent(bool Wait);

/// <summary><c>iopub_welcome</c>.</summary>
/// <param name="Subscription">The topic subscribed to.</param>
internal sealed record IoPubWelcome(string Subscription);
