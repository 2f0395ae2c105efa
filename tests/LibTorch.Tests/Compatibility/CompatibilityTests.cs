namespace LibTorch.Tests.Compatibility;

/// <summary>Code that also compiles against the TorchSharp package runs here.</summary>
public sealed class CompatibilityTests
{
    [Fact]
    public void Tensors_are_made_as_with_TorchSharp() => TypicalCode.MakeTensors();

    [Fact]
    public void Tensors_compute_as_with_TorchSharp() => TypicalCode.Compute();

    [Fact]
    public void Tensors_are_indexed_as_with_TorchSharp() => TypicalCode.Index();

    [Fact]
    public void Networks_train_as_with_TorchSharp() => TypicalTraining.Train();

    [Fact]
    public void Networks_are_evaluated_as_with_TorchSharp() => TypicalTraining.Evaluate();

    [Fact]
    public void Gradients_are_taken_as_with_TorchSharp() => TypicalTraining.Differentiate();

    [Fact]
    public void TorchScript_runs_as_with_TorchSharp() => TypicalTraining.Script();

    [Fact]
    public void States_are_saved_as_with_TorchSharp() => TypicalTraining.SaveAndLoad();

    [Fact]
    public void Scopes_free_as_with_TorchSharp() => TypicalTraining.Scopes();
}
